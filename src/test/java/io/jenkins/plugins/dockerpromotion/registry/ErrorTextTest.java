package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The error of every operation is one line that says what failed, where and why. No error or notice contains a secret,
 * in any encoding.
 */
class ErrorTextTest extends ClientTest {

    private static final String PASSWORD = "marked+pass/word";
    private static final String PAIR =
            Base64.getEncoder().encodeToString(("ci:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    private static final String TOKEN = "marked-token-0123456789";
    private static final List<String> SECRETS = List.of(PASSWORD, PAIR, TOKEN, "marked%2Bpass%2Fword");

    /** An error body that echoes the credentials in every form that a careless server could use. */
    private static final String ECHO = "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"Basic " + PAIR + " is\\nci:"
            + PASSWORD + ", marked%2Bpass%2Fword, " + TOKEN + "\"}]}";

    private final ImageName image = image("app");
    private final ImageReference tagged = tagged("1.0");
    private final Digest digest = Digest.parse(TestImage.docker(1).digest());

    private interface Operation {
        void run(RegistryClient client) throws RegistryException, InterruptedException;
    }

    private List<Operation> operations() {
        Manifest manifest = Manifest.parse(TestImage.docker(1).bytes(), Manifest.DOCKER_MANIFEST);
        ImageReference pinned = ImageReference.pinned(image, digest);
        return List.of(
                client -> client.pull(tagged),
                client -> client.pull(pinned),
                client -> client.digestOf(tagged),
                client -> client.push(tagged, manifest),
                client -> client.deleteTag(tagged),
                client -> list(client, image, page -> {}),
                client -> {
                    // A 403 for the existence check is not an error, but the upload then fails.
                    if (!client.hasBlob(image, digest)) {
                        client.startUpload(image, digest);
                    }
                },
                client -> client.pullBlob(image, manifest.blobs().get(0), in -> in.readAllBytes()),
                client -> client.mount(image, digest, image),
                client -> client.startUpload(image, digest),
                client -> client.referrers(pinned));
    }

    static Stream<Fault> faults() {
        return Stream.of(
                Fault.status(401).body(ECHO),
                Fault.status(401)
                        .header("WWW-Authenticate", "Basic realm=\"x\"")
                        .body(ECHO),
                Fault.status(403).body(ECHO),
                Fault.status(409).body(ECHO),
                Fault.status(413).body(ECHO),
                Fault.status(429).header("Retry-After", "1").body(ECHO),
                Fault.status(500).body("<html>" + PASSWORD + "</html>"),
                Fault.status(503).body("x".repeat(100_000)),
                Fault.status(302).header("Location", "http://[" + PASSWORD).body(ECHO),
                Fault.status(302)
                        .header("Location", "ftp://ci:" + PASSWORD + "@host/")
                        .body(ECHO),
                Fault.status(418)
                        .header("Warning", "299 - \"you sent " + PAIR + "\"")
                        .body(ECHO),
                Fault.closeConnection());
    }

    @ParameterizedTest
    @MethodSource("faults")
    void isOneLineWithoutSecrets(Fault fault) throws Exception {
        registry.onRequest(r -> true, fault.always());
        for (RegistryAuthentication credential : List.of(new Basic("ci", PASSWORD), new Bearer(TOKEN))) {
            for (Operation operation : operations()) {
                RegistryClient client =
                        RegistryClient.open(image, credential, Set.of(Scope.pull("group/app")), network.context());
                RegistryException failure = catchThrowableOfType(RegistryException.class, () -> operation.run(client));
                assertThat(failure).isNotNull();
                assertThat(failure.getMessage())
                        .hasLineCount(1)
                        .hasSizeLessThan(600)
                        .startsWith("Cannot ")
                        .contains(registry.uri().toString());
                // Only the secrets of this call: the client does not know the other credential.
                assertNoneOf(credential.secrets(), failure);
            }
            assertThat(network.notices())
                    .allSatisfy(line -> assertThat(line).hasLineCount(1).doesNotContain(credential.secrets()));
            network.notices().clear();
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void hidesWhatTheTokenServiceRepeats(Fault fault) throws Exception {
        registry.onRequest(
                r -> !r.path().equals("/token"),
                Fault.status(401)
                        .header("WWW-Authenticate", "Bearer realm=\"" + registry.uri() + "/token\",error=\"x\"")
                        .body(ECHO)
                        .always());
        for (Fault answer : List.of(fault, Fault.status(200).body("{\"token\":\"" + TOKEN + "\"}"))) {
            registry.onRequest(r -> r.path().equals("/token"), answer.times(20));
            RegistryClient client = RegistryClient.open(image, new Basic("ci", PASSWORD), Set.of(), network.context());
            RegistryException failure = catchThrowableOfType(RegistryException.class, () -> client.pull(tagged));
            assertThat(failure.getMessage()).hasLineCount(1).startsWith("Cannot ");
            assertNoneOf(List.of(PASSWORD, PAIR), failure);
            if (failure.getMessage().startsWith("Cannot read")) {
                assertNoneOf(SECRETS, failure);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void hidesWhatDockerHubRepeats(Fault fault) {
        try (InMemoryDockerHub hub = InMemoryDockerHub.start()) {
            hub.onRequest(r -> true, fault.always());
            TestNetwork hubNetwork = TestNetwork.of(hub);
            RegistryException failure = catchThrowableOfType(
                    RegistryException.class, () -> DockerHub.token(new Basic("ci", PASSWORD), hubNetwork.context()));
            assertThat(failure.getMessage()).hasLineCount(1).startsWith("Cannot get a token for 'ci' on ");
            assertNoneOf(List.of(PASSWORD, PAIR), failure);
            assertThat(hubNetwork.notices()).allSatisfy(line -> assertThat(line).doesNotContain(PASSWORD, PAIR));
        }
    }

    private static void assertNoneOf(List<String> secrets, RegistryException failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace + failure.toString() + failure.codes()).doesNotContain(secrets);
    }
}
