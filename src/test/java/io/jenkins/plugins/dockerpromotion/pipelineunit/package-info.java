/**
 * The plugin's steps for unit tests of Jenkinsfiles. The plugin publishes them together with the registries of
 * {@code testing} as the artifact {@code pipeline-unit}; see docs/TESTING-JENKINSFILES.md. This package does not need
 * Jenkins.
 */
package io.jenkins.plugins.dockerpromotion.pipelineunit;
