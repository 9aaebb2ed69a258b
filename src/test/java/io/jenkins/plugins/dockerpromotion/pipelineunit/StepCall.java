package io.jenkins.plugins.dockerpromotion.pipelineunit;

import java.util.Map;

/**
 * One call of a step.
 *
 * @param arguments the explicit arguments by name; numbers are {@code Long}
 */
public record StepCall(String step, Map<String, Object> arguments) {}
