/**
 * The steps for unit tests of Jenkinsfiles, which authors get as the artifact {@code pipeline-unit} of the plugin, together
 * with the registries of {@code testing}: docs/TESTING-JENKINSFILES.md. Nothing in it needs Jenkins.
 */
package io.jenkins.plugins.dockerpromotion.pipelineunit;
