/**
 * The HTTP transport of the registry client: a request goes from {@code RegistryTransport} (credentials) to {@code
 * HttpTransport} (retries, redirects) to {@code HttpSender} (connections). Independent of Jenkins.
 */
package io.jenkins.plugins.dockerpromotion.registry.http;
