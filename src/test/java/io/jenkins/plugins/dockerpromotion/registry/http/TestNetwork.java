package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.HostRules;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.ProxySettings;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import io.jenkins.plugins.dockerpromotion.testing.HttpTestServer;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The network configuration of a client of test servers: their URLs, short timeouts, a simulated clock, and recorded
 * notices.
 */
public final class TestNetwork {

    /** Timeouts that are short enough for a test. A test server answers well within them. */
    public static final Timing SHORT =
            new Timing(Duration.ofSeconds(2), Duration.ofMillis(700), Duration.ofMillis(700), 3, Duration.ofMinutes(2));

    private final List<RegistryLocation> locations = new ArrayList<>();
    private final SimulatedTime time = new SimulatedTime();
    private final List<String> notices = new CopyOnWriteArrayList<>();
    private HostRules hosts = HostRules.ALL;
    private ProxySettings proxy = ProxySettings.NONE;
    private Timing timing = new Timing(
            Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10), 3, Duration.ofMinutes(2));

    /** Returns a network in which each server is a registry under its own host. */
    public static TestNetwork of(HttpTestServer... servers) {
        TestNetwork network = new TestNetwork();
        for (HttpTestServer server : servers) {
            network.locations.add(new RegistryLocation(server.host(), server.uri(), server.uri(), certificate(server)));
        }
        return network;
    }

    /** Returns a network in which this server is Docker Hub. */
    public static TestNetwork of(InMemoryDockerHub hub) {
        TestNetwork network = new TestNetwork();
        network.locations.add(
                new RegistryLocation(ImageName.DOCKER_HUB, hub.registry().uri(), hub.uri(), certificate(hub)));
        return network;
    }

    public TestNetwork and(RegistryLocation location) {
        locations.add(location);
        return this;
    }

    public TestNetwork with(Timing changed) {
        timing = changed;
        return this;
    }

    public TestNetwork with(ProxySettings changed) {
        proxy = changed;
        return this;
    }

    /** Restricts the allowed hosts to these servers. */
    public TestNetwork allowing(HttpTestServer... servers) {
        hosts = new HostRules(Arrays.stream(servers).map(HttpTestServer::host).toList());
        return this;
    }

    private static String certificate(HttpTestServer server) {
        return server.uri().getScheme().equals("https") ? testAuthority() : "";
    }

    /** Returns the CA certificate of the test servers, as PEM. */
    public static String testAuthority() {
        try {
            return Files.readString(TestCertificates.shared().caPem());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Network network() {
        return new Network(locations, proxy, timing).with(hosts);
    }

    public RegistryContext context() {
        return context(time);
    }

    /** Returns a context with another clock. */
    public RegistryContext context(Timekeeper clock) {
        return new RegistryContext(network(), clock, notices::add);
    }

    /** Returns a context with a memory that outlives an operation, like that of a build. */
    public RegistryContext remembering(Map<String, String> kept) {
        return new RegistryContext(network(), time, notices::add, new RegistryContext.Memory() {
            @Override
            public Optional<String> recall(String key) {
                return Optional.ofNullable(kept.get(key));
            }

            @Override
            public void keep(Map<String, String> facts) {
                kept.putAll(facts);
            }
        });
    }

    public SimulatedTime time() {
        return time;
    }

    /** Returns the lines that the build log would contain. */
    public List<String> notices() {
        return notices;
    }
}
