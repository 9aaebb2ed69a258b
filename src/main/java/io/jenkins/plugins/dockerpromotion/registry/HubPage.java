package io.jenkins.plugins.dockerpromotion.registry;

/**
 * What people read about a repository on Docker Hub.
 *
 * @param description the short one, empty for none
 * @param fullDescription the Markdown below it, empty for none
 */
public record HubPage(String description, String fullDescription) {}
