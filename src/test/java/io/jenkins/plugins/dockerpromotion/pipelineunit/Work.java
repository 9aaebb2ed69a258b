package io.jenkins.plugins.dockerpromotion.pipelineunit;

import java.util.concurrent.Callable;

/** The execution of a step whose parameters are valid. */
@FunctionalInterface
interface Work {

    /** @param block the step's block; does nothing for a step without one */
    Object run(Callable<Object> block) throws Exception;
}
