package io.jenkins.plugins.dockerpromotion.pipelineunit;

import java.util.Map;

/** What a step answers in a test, in place of the step itself. */
@FunctionalInterface
public interface StepAnswer {

    /**
     * Answers one call.
     *
     * @param arguments by name, those that the Jenkinsfile gives; numbers are {@code Long}
     * @throws Exception to let the step fail
     */
    Object to(Map<String, Object> arguments) throws Exception;
}
