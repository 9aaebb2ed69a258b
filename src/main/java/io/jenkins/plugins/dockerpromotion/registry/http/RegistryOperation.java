package io.jenkins.plugins.dockerpromotion.registry.http;

/**
 * One operation of the registry API: knows what to send, which answers are successes, and how to read them.
 *
 * @param <T> what the operation finds out
 */
public interface RegistryOperation<T> extends Reading<T> {

    RegistryRequest request();
}
