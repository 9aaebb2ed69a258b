package io.jenkins.plugins.dockerpromotion.registry.faults;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.SimulatedTime;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.HttpTestServer;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Two registries or a Docker Hub with a few images, and the network configuration of their client. */
final class World implements AutoCloseable {

    static final Basic CI = new Basic("ci", "marked-secret");
    static final String APP = "group/app";
    static final String SERVICE = "technolog/serviceone";

    private static final TestImage INDEX = TestImage.ociIndex(TestImage.oci(1), TestImage.oci(2));
    private static final List<TestImage> IMAGES =
            IntStream.range(3, 8).<TestImage>mapToObj(TestImage::docker).toList();

    private final SimulatedTime time = new SimulatedTime();
    private final List<HttpTestServer> servers = new ArrayList<>();
    private InMemoryRegistry registry;
    private InMemoryRegistry other;
    private InMemoryRegistry hubRegistry;
    private InMemoryDockerHub hub;
    private Timing timing = TestNetwork.SHORT;
    private Map<HttpTestServer, URI> elsewhere = Map.of();

    /** Starts the two registries. */
    World withRegistries() {
        registry = startRegistry();
        registry.push(APP, "2019.20.1", IMAGES.get(0));
        registry.push(APP, "2019.20.2", IMAGES.get(1));
        registry.push(APP, "2019.20.103", INDEX);
        registry.push(APP, "latest", IMAGES.get(1));
        other = startRegistry();
        other.push("mirror/app", "latest", IMAGES.get(2));
        servers.addAll(List.of(registry, other));
        return this;
    }

    /** Starts Docker Hub and its registry. */
    World withDockerHub() {
        hubRegistry = InMemoryRegistry.builder()
                .clock(time::now)
                .bearer()
                .service("registry.docker.io")
                .user("ci", CI.password())
                .start();
        hubRegistry.push(SERVICE, "2019.20.1", IMAGES.get(3));
        hubRegistry.push(SERVICE, "2019.20.103", IMAGES.get(4));
        hub = InMemoryDockerHub.builder()
                .registry(hubRegistry)
                .tls(TestCertificates.shared().serverContext())
                .start();
        hub.writePage(SERVICE, "Serves one", "# Service one\n");
        servers.addAll(List.of(hub, hubRegistry));
        return this;
    }

    private InMemoryRegistry startRegistry() {
        return InMemoryRegistry.builder()
                .clock(time::now)
                .bearer()
                .user("ci", CI.password())
                .start();
    }

    InMemoryRegistry registry() {
        return registry;
    }

    InMemoryRegistry other() {
        return other;
    }

    InMemoryRegistry hubRegistry() {
        return hubRegistry;
    }

    InMemoryDockerHub hub() {
        return hub;
    }

    List<HttpTestServer> servers() {
        return List.copyOf(servers);
    }

    ImageName app() {
        return ImageName.parse(registry.host() + "/" + APP);
    }

    ImageName service() {
        return ImageName.parse(SERVICE);
    }

    /** Uses other timeouts than {@link TestNetwork#SHORT}. */
    World with(Timing changed) {
        timing = changed;
        return this;
    }

    /** Makes the client use {@code address} for {@code server}. */
    World moved(HttpTestServer server, URI address) {
        elsewhere = Map.of(server, address);
        return this;
    }

    URI address(HttpTestServer server) {
        return elsewhere.getOrDefault(server, server.uri());
    }

    TestNetwork network() {
        String authority = TestNetwork.testAuthority();
        TestNetwork network = new TestNetwork().with(timing);
        if (hub == null) {
            return network.and(new RegistryLocation(registry.host(), address(registry), address(registry), authority))
                    .and(new RegistryLocation(other.host(), address(other), address(other), authority));
        }
        return network.and(new RegistryLocation(ImageName.DOCKER_HUB, address(hubRegistry), address(hub), authority));
    }

    /** Returns the digest of every tag by name; for Docker Hub, also the page and the callbacks. */
    Map<String, String> state() {
        Map<String, String> state = new TreeMap<>();
        if (hub == null) {
            put(state, registry, APP);
            put(state, registry, "group/copy");
            put(state, other, "mirror/app");
        } else {
            put(state, hubRegistry, SERVICE);
            state.put("page", hub.fullDescription(SERVICE));
            state.put("callback", hub.callbacks().isEmpty() ? "none" : "taken");
        }
        return state;
    }

    private static void put(Map<String, String> state, InMemoryRegistry server, String repository) {
        server.tags(repository)
                .forEach(tag -> state.put(
                        repository + ":" + tag, server.digestOf(repository, tag).orElse("")));
    }

    @Override
    public void close() {
        servers.forEach(HttpTestServer::close);
    }
}
