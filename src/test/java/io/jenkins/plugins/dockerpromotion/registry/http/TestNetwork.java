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

/** What a client of test servers needs: their places, short limits, a clock that waits for nothing, the notices heard. */
public final class TestNetwork {

    /** Limits that a test can wait for; a server that answers at all does so well within them. */
    public static final Timing SHORT =
            new Timing(Duration.ofSeconds(2), Duration.ofMillis(700), Duration.ofMillis(700), 3, Duration.ofMinutes(2));

    private final List<RegistryLocation> locations = new ArrayList<>();
    private final SimulatedTime time = new SimulatedTime();
    private final List<String> notices = new CopyOnWriteArrayList<>();
    private HostRules hosts = HostRules.ALL;
    private ProxySettings proxy = ProxySettings.NONE;
    private Timing timing = new Timing(
            Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10), 3, Duration.ofMinutes(2));

    /** A network whose registries are these servers, each under its own host. */
    public static TestNetwork of(HttpTestServer... servers) {
        TestNetwork network = new TestNetwork();
        for (HttpTestServer server : servers) {
            network.locations.add(new RegistryLocation(server.host(), server.uri(), server.uri(), certificate(server)));
        }
        return network;
    }

    /** A network whose Docker Hub is this one. */
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

    /** Lets requests go to these servers alone. */
    public TestNetwork allowing(HttpTestServer... servers) {
        hosts = new HostRules(Arrays.stream(servers).map(HttpTestServer::host).toList());
        return this;
    }

    private static String certificate(HttpTestServer server) {
        return server.uri().getScheme().equals("https") ? testAuthority() : "";
    }

    /** The certificate of the authority that only tests trust. */
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

    /** The same with a clock of the test's own. */
    public RegistryContext context(Timekeeper clock) {
        return new RegistryContext(network(), clock, notices::add);
    }

    /** The same with a memory that outlives an operation, as the build's does. */
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

    /** What the log of a build would show. */
    public List<String> notices() {
        return notices;
    }
}
