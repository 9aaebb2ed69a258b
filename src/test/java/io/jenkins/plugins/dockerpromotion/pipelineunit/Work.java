package io.jenkins.plugins.dockerpromotion.pipelineunit;

import java.util.concurrent.Callable;

/** What is left to do of a step when its parameters make sense. */
@FunctionalInterface
interface Work {

    /** @param block what stands in the step's block; nothing happens in it for a step without one */
    Object run(Callable<Object> block) throws Exception;
}
