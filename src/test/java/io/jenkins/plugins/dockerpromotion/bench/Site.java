package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.testing.DockerRegistryProcess;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Relay;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * A registry to measure against. An in-memory registry is always reached through the counting relay, which also rejects
 * attempts to use TLS. A real registry is reached directly in measured runs.
 */
final class Site implements AutoCloseable {

    private final String description;
    private final AutoCloseable server;
    private final String host;
    private final Relay relay;
    private final Meter requests;

    private Site(String description, AutoCloseable server, String host, Relay relay, Meter requests) {
        this.description = description;
        this.server = server;
        this.host = host;
        this.relay = relay;
        this.requests = requests;
    }

    /** Starts an in-memory registry that delays each request by {@code delay}. */
    static Site inMemory(Duration delay, String repository, String tag, TestImage image) throws IOException {
        InMemoryRegistry registry = InMemoryRegistry.start();
        registry.push(repository, tag, image);
        registry.delayEveryRequest(delay);
        return of(registry, "in memory, " + delay.toMillis() + " ms a request");
    }

    static Site of(InMemoryRegistry registry, String description) throws IOException {
        Relay relay = new Relay(registry.uri());
        return new Site(
                description,
                registry,
                relay.host(),
                relay,
                () -> new Traffic(registry.requests().count(), 0));
    }

    /** Starts the CNCF registry and copies the image to it with the plugin's client. */
    static Site dockerRegistry(String repository, String tag, TestImage image) throws Exception {
        try (InMemoryRegistry origin = InMemoryRegistry.start()) {
            origin.push(repository, tag, image);
            return dockerRegistry(origin, repository, List.of(tag));
        }
    }

    static Site dockerRegistry(InMemoryRegistry origin, String repository, List<String> tags) throws Exception {
        Site site = emptyDockerRegistry();
        for (String tag : tags) {
            OwnClient.promote(origin.host() + "/" + repository, tag, site.host() + "/" + repository, List.of(tag));
        }
        return site;
    }

    static Site emptyDockerRegistry() throws Exception {
        DockerRegistryProcess registry = DockerRegistryProcess.builder().start();
        return new Site(
                "docker-registry",
                registry,
                registry.host(),
                new Relay(registry.uri()),
                () -> new Traffic(registry.accessLog().size(), 0));
    }

    String description() {
        return description;
    }

    /** The address for measured runs: {@code 127.0.0.1:port}. */
    String host() {
        return host;
    }

    /** The address of the relay, which counts every byte. */
    String countedHost() {
        return relay.host();
    }

    /** Returns a relay to this registry with the given delay and bandwidth. */
    Relay over(Duration delay, long bytesPerSecond) throws IOException {
        return new Relay(URI.create("http://" + host), delay, bytesPerSecond);
    }

    Meter meter() {
        return () -> requests.read().plus(new Traffic(0, relay.bytes()));
    }

    @Override
    public void close() throws Exception {
        relay.close();
        server.close();
    }
}
