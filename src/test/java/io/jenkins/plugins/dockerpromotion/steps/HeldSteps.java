package io.jenkins.plugins.dockerpromotion.steps;

import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Waiting;
import io.jenkins.plugins.dockerpromotion.testing.FakeCommand;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.HttpTestServer;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A registry, a Docker Hub and a docker CLI that keep every step waiting. {@link #scripts} has each step that runs on
 * an agent, with repositories of its own.
 */
final class HeldSteps implements AutoCloseable {

    static final String OLD = TestImage.docker(1).digest();
    static final String NEW = TestImage.docker(2).digest();

    private static final ImageSigner SIGNER = ImageSigner.create();

    /** The public key, escaped for a Groovy string. */
    private static final String KEY = SIGNER.publicKey().replace("\n", "\\n");

    /** A block with a login. {@link #LOGINS} counts the logins in it. */
    static final String BLOCK = "isolatedDockerConfig(registry: 'registry.example.com', credentialsId: 'hub')";

    static final String LOGINS =
            "sh(script: 'grep -c registry.example.com \"$DOCKER_CONFIG/config.json\"', returnStdout: true).trim()";

    private final InMemoryRegistry registry = Pipelines.registry();
    private final InMemoryDockerHub hub = InMemoryDockerHub.builder()
            .user("ci", Pipelines.PASSWORD)
            .tls(TestCertificates.shared().serverContext())
            .start();
    private final Path bin;

    /** @param bin the directory for the fake docker CLI, which waits */
    HeldSteps(Path bin) throws IOException {
        this.bin = bin;
        FakeCommand.install(
                bin,
                "docker",
                // "docker info" does not wait: the agent calls it to identify the daemon.
                "if [ \"$1\" != info ] && mkdir \"$DOCKER_HOLD\" 2>/dev/null; then exec sleep 600; fi");
    }

    /** A step, and the request that is held. */
    private record Script(String name, String text, HttpTestServer server, Predicate<RecordedRequest> held) {}

    private List<Script> scripts(String place) {
        return List.of(
                of(place, "find", "findTagForBuild(%s, build: 2)", "GET", "/tags/list"),
                of(place, "tags", "imageTags(%s)", "GET", "/tags/list"),
                of(place, "info", "imageInfo(%s, tag: '2026.1.2').digest", "GET", "/manifests/.*"),
                of(place, "version", "imageVersion(%s, build: 7)", "GET", "/tags/list"),
                of(place, "promote", "promoteImage(%s, tag: '2026.1.2').digest", "PUT", "/manifests/latest"),
                of(place, "train", "promoteImages(images: [[%s, tag: '2026.1.2']]).size()", "PUT", "/manifests/latest"),
                of(
                        place,
                        "verify",
                        "verifyImage(%s, tag: '2026.1.2', publicKeys: ['" + KEY + "']).digest",
                        "GET",
                        ".*"),
                of(place, "delete", "deleteImageTag(%s, tag: '2026.1.1')", "DELETE", "/manifests/.*"),
                of(place, "prune", "pruneImageTags(%s, keep: 1, dryRun: false).deleted.size()", "DELETE", ".*"),
                new Script(
                        "token",
                        "registryToken(" + image(place, "token") + ").length() > 9",
                        registry,
                        r -> r.parameters("scope").contains("repository:" + place + "/token:pull")),
                ofHub("hub", "dockerHubToken(credentialsId: 'hub').length() > 9"),
                ofHub(
                        "page",
                        "dockerHubDescription(image: 'ci/" + place + "', credentialsId: 'hub', description: 'x')"),
                new Script("host", "pruneDockerHost().bytes", registry, r -> false),
                of(place, "inside", BLOCK + " {\nimageTags(%s)\n" + LOGINS + "\n}", "GET", "/tags/list"));
    }

    private Script of(String place, String name, String call, String method, String path) {
        return new Script(
                name,
                call.formatted(image(place, name)),
                registry,
                RecordedRequest.matching(method, "/v2/" + place + "/" + name + path));
    }

    private Script ofHub(String name, String call) {
        return new Script(name, call, hub, RecordedRequest.matching("POST", "/v2/auth/token"));
    }

    private String image(String place, String repository) {
        return "image: '%s/%s/%s', credentialsId: 'hub'".formatted(registry.host(), place, repository);
    }

    List<String> names(String place) {
        return scripts(place).stream().map(Script::name).toList();
    }

    /** Returns a Pipeline that runs all steps in {@code parallel} and echoes their results. */
    String pipeline(String place) {
        return pipeline(place, "%1$s: { def result = %2$s\necho \"result %1$s=${result}\" }");
    }

    /** Like {@link #pipeline(String)}, but each branch catches its error and echoes it. */
    String failures(String place) {
        return pipeline(place, "%1$s: { try { %2$s } catch (e) { echo \"failed %1$s: ${e.message}\" } }");
    }

    private String pipeline(String place, String branch) {
        for (Script script : scripts(place)) {
            registry.push(place + "/" + script.name, "2026.1.1", TestImage.docker(1));
            registry.push(place + "/" + script.name, "2026.1.2", TestImage.docker(2));
            registry.tag(place + "/" + script.name, "latest", "2026.1.1");
        }
        SIGNER.sign(registry, place + "/verify", NEW);
        hub.registry().push("ci/" + place, "1", TestImage.docker(1));
        return scripts(place).stream()
                .map(script -> branch.formatted(script.name, script.text))
                .collect(Collectors.joining(
                        ",\n",
                        "withEnv(['PATH+FAKE=" + bin + "', 'DOCKER_HOLD=" + bin.resolve(place)
                                + "', 'DOCKER_HOST=none']) {\nparallel(",
                        ")\n}"));
    }

    /** Holds the request of each step, once or always. */
    void hold(String place, boolean always) {
        for (Script script : scripts(place)) {
            script.server.onRequest(script.held, always ? Fault.hang().always() : Fault.hang());
        }
    }

    /** Waits until all steps are held. */
    void awaitHeld(String... places) throws Exception {
        for (String place : places) {
            for (Script script : scripts(place)) {
                if (script.name.equals("host")) {
                    Waiting.until("docker to be called", () -> Files.exists(bin.resolve(place)));
                } else {
                    script.server.requests().await(script.held);
                }
            }
        }
        int atHub = 2 * places.length;
        hub.requests().await(r -> hub.requests().count("POST", "/v2/auth/token") >= atHub);
    }

    /** The addresses for the configuration of a controller. */
    record Site(String registry, String hubRegistry, String hub, String hubHost, String authority)
            implements Serializable {

        void configure() {
            RegistryConfiguration place = new RegistryConfiguration("docker.io", hubRegistry);
            place.setApiAddress(hub);
            place.setCertificateAuthority(authority);
            DockerPromotionConfiguration.get().setRegistries(List.of(place));
            DockerPromotionConfiguration.get().setCallbackHosts(hubHost);
        }
    }

    Site site() throws IOException {
        return new Site(
                registry.host(),
                hub.registry().uri().toString(),
                hub.uri().toString(),
                hub.host(),
                Files.readString(TestCertificates.shared().caPem()));
    }

    InMemoryRegistry registry() {
        return registry;
    }

    InMemoryDockerHub hub() {
        return hub;
    }

    @Override
    public void close() {
        registry.close();
        hub.close();
    }
}
