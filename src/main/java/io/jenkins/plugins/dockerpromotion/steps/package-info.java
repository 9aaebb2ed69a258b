/**
 * The Pipeline steps, one file for each. {@link io.jenkins.plugins.dockerpromotion.steps.AgentStep} says what a step defines.
 */
package io.jenkins.plugins.dockerpromotion.steps;
