/**
 * The registry client. Begin with {@link io.jenkins.plugins.dockerpromotion.registry.RegistryClient}. Independent of Jenkins.
 */
package io.jenkins.plugins.dockerpromotion.registry;
