package io.jenkins.plugins.dockerpromotion.pipelineunit;

import java.util.Map;

/** An answer of the test that replaces the step itself. */
@FunctionalInterface
public interface StepAnswer {

    /**
     * Answers one call.
     *
     * @param arguments the explicit arguments by name; numbers are {@code Long}
     * @throws Exception to make the step fail
     */
    Object to(Map<String, Object> arguments) throws Exception;
}
