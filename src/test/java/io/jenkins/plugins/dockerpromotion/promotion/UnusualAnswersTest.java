package io.jenkins.plugins.dockerpromotion.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest.Options;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests promotions between registries behind gateways with unusual responses. */
class UnusualAnswersTest {

    private static final Basic CI = new Basic("ci", "marked-secret");
    private static final TestImage IMAGE = TestImage.oci(1);
    private static final Predicate<RecordedRequest> GET = RecordedRequest.matching("GET", ".*/manifests/.*");

    @AutoClose
    private InMemoryRegistry from;

    @AutoClose
    private InMemoryRegistry to;

    @BeforeEach
    void start() {
        from = InMemoryRegistry.start();
        to = InMemoryRegistry.start();
        from.push("group/app", "1.0", IMAGE);
    }

    private void promote(String... tags) throws Exception {
        promote(TestNetwork.of(from, to), tags);
    }

    private void promote(TestNetwork network, String... tags) throws Exception {
        PromotionRequest.of(
                        from.image("group/app"),
                        new Tag("1.0"),
                        to.image("prod/app"),
                        List.of(tags),
                        new Options(false, true, false))
                .with(CI, CI)
                .run(network.context());
    }

    private void assertPromoted() {
        assertThat(to.digestOf("prod/app", "1.0")).contains(IMAGE.digest());
        assertThat(to.mediaTypeOf("prod/app", "1.0")).contains(IMAGE.mediaType());
    }

    private static InMemoryRegistry withLogin() {
        return InMemoryRegistry.builder()
                .bearer()
                .user(CI.username(), "marked-secret")
                .start();
    }

    /** Artifactory can hide content from anonymous requests. */
    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    void aTagThatIsHiddenWithoutLoginIsNotOverwritten(int status) throws Exception {
        to.close();
        to = withLogin();
        to.push("prod/app", "1.0", TestImage.oci(2));
        to.onRequest(
                r -> r.authorization().isEmpty()
                        && r.path().contains("/manifests/")
                        && !r.method().equals("PUT"),
                Fault.status(status).always());

        assertThatThrownBy(() -> promote("1.0")).hasMessageContaining("other images already have 1.0");

        assertThat(to.digestOf("prod/app", "1.0")).contains(TestImage.oci(2).digest());
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    void aSourceThatIsHiddenWithoutLoginIsFound(int status) throws Exception {
        from.close();
        from = withLogin();
        from.push("group/app", "1.0", IMAGE);
        from.onRequest(
                r -> r.authorization().isEmpty() && r.path().contains("/manifests/"),
                Fault.status(status).always());

        promote("1.0");

        assertPromoted();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}",
                "{}",
                "{\"status\":\"ok\"}",
                "{\"message\":\"Not Found\"}"
            })
    void anErrorWithStatus200IsNotPromoted(String body) {
        from.onRequest(
                GET,
                Fault.status(200)
                        .header("Content-Type", "application/json")
                        .body(body)
                        .always());

        assertThatThrownBy(() -> promote("1.0"))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("Cannot ")
                .hasMessageContaining("it is not a manifest");

        assertThat(to.tags("prod/app")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                TestImage.DOCKER_MANIFEST,
                TestImage.OCI_INDEX,
                "application/vnd.docker.distribution.manifest.v1+json",
                "application/vnd.docker.distribution.manifest.v1+prettyjws"
            })
    void theMediaTypeInTheManifestCountsMoreThanTheHeader(String header) throws Exception {
        from.onRequest(
                ".*",
                ".*/manifests/.*",
                Fault.replaceHeader("Content-Type", header).always());

        promote("1.0");

        assertPromoted();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT"})
    void anEmptyDigestInAHeaderIsNone(String method) throws Exception {
        for (InMemoryRegistry registry : List.of(from, to)) {
            registry.onRequest(
                    method,
                    ".*/manifests/.*",
                    Fault.replaceHeader("Docker-Content-Digest", "").always());
        }

        promote("1.0", "latest");

        assertPromoted();
    }

    /** Status codes of nginx and Cloudflare. */
    @ParameterizedTest
    @ValueSource(ints = {499, 520, 521, 522, 523, 524, 529, 530})
    void theStatusOfAGatewayIsRetried(int status) throws Exception {
        from.onRequest(GET, Fault.status(status));

        promote("1.0");

        assertPromoted();
    }

    @ParameterizedTest
    @CsvSource({"HEAD, gzip", "HEAD, br", "GET, aws-chunked", "GET, none", "GET, UTF-8", "GET, ''"})
    void aContentEncodingWithoutCompressedContentIsIgnored(String method, String coding) throws Exception {
        for (InMemoryRegistry registry : List.of(from, to)) {
            registry.onRequest(
                    method,
                    ".*/(manifests|blobs)/.*",
                    Fault.replaceHeader("Content-Encoding", coding).always());
        }

        promote("1.0");

        assertPromoted();
    }

    @Test
    void aCompressedErrorPageIsAnError() throws Exception {
        to.onRequest(
                r -> !r.method().equals("PUT") && r.path().endsWith("/manifests/1.0"),
                Fault.status(404).header("Content-Encoding", "gzip"));

        promote("1.0");

        assertPromoted();
    }

    @ParameterizedTest
    @ValueSource(ints = {202, 204, 206, 302, 409, 410, 411, 415, 416, 422, 451, 500, 505, 511})
    void aRefusedCheckForABlobIsFollowedByItsUpload(int status) throws Exception {
        to.onRequest("HEAD", ".*/blobs/.*", Fault.status(status).always());

        promote("1.0");

        assertPromoted();
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void aLayerThatIsRefusedForNowIsNotSentAgainAtOnce(int status) throws Exception {
        TestNetwork network = TestNetwork.of(from, to);
        to.onRequest("PUT", ".*/blobs/uploads/.*", Fault.status(status));

        promote(network, "1.0");

        assertPromoted();
        assertThat(network.time().pauses()).contains(Duration.ofSeconds(1));
    }

    /** The response to a chunk is lost, so the client's next request uses an outdated upload location. */
    @Test
    void anUploadThatIsLostBeginsAgain() throws Exception {
        from.push("group/app", "1.0", TestImage.oci(1).withLayers(9 * 1024 * 1024));
        to.onRequest("PUT", ".*/blobs/uploads/.*", Fault.status(413));
        to.onRequest("PATCH", ".*/blobs/uploads/.*", Fault.loseAnswer());

        promote("1.0");

        assertThat(to.tags("prod/app")).contains("1.0");
    }

    /** If a registry runs on several servers, only one of them may know the upload. */
    @ParameterizedTest
    @CsvSource({"PUT, ''", "PUT, <html>Not Found</html>", "PATCH, ''", "PATCH, {}"})
    void anUploadThatIsNotFoundBeginsAgain(String method, String body) throws Exception {
        from.push("group/app", "1.0", TestImage.oci(1).withLayers(9 * 1024 * 1024));
        if (method.equals("PATCH")) {
            to.onRequest("PUT", ".*/blobs/uploads/.*", Fault.status(413));
        }
        to.onRequest(method, ".*/blobs/uploads/.*", Fault.status(404).body(body));

        promote("1.0");

        assertThat(to.tags("prod/app")).contains("1.0");
    }

    /** The token service may promise a longer lifetime than the registry accepts. */
    @Test
    void aTokenMayExpireBetweenTheStartOfAnUploadAndItsEnd() throws Exception {
        to.close();
        to = withLogin();
        AtomicInteger uploads = new AtomicInteger();
        to.onRequest(
                r -> {
                    if (r.method().equals("PUT") && r.path().contains("/blobs/") && uploads.getAndIncrement() == 0) {
                        to.expireTokens();
                    }
                    return false;
                },
                Fault.status(500));

        promote("1.0");

        assertPromoted();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"digest\":\"sha384:00\"}"})
    void aListOfReferrersThatCannotBeReadIsAnError(String entry) {
        from.onRequest(
                ".*",
                ".*/referrers/.*",
                Fault.replaceBody("{\"schemaVersion\":2,\"manifests\":[" + entry + "]}")
                        .always());

        assertThatThrownBy(() -> promote("1.0"))
                .hasMessageContaining("Cannot list the referrers of ")
                .hasMessageContaining("is not a digest");

        assertThat(to.tags("prod/app")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a|b", "a b", "{a}", "%", "a%2", "\u00e9", " ", "[1]", "a\\b", "<a>^`", "1#a?b"})
    void anUploadAddressMayHaveAnyCharacters(String end) throws Exception {
        to.onRequest(
                "POST",
                ".*/blobs/uploads/.*",
                Fault.changeHeader("Location", address -> address + (address.contains("?") ? "&x=" : "?x=") + end)
                        .always());

        promote("1.0");

        assertPromoted();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 400, 404, 501})
    void aMountThatIsNotCarriedOutIsFollowedByAnUpload(int status) throws Exception {
        to.push("stage/app", "1.0", IMAGE);
        to.onRequest(r -> !r.parameters("mount").isEmpty(), Fault.status(status).always());

        PromotionRequest.of(
                        to.image("stage/app"),
                        new Tag("1.0"),
                        to.image("prod/app"),
                        List.of("1.0"),
                        new Options(false, true, false))
                .run(TestNetwork.of(to).context());

        assertPromoted();
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 301, 304, 404, 500, 501, 505})
    void aRegistryWithoutReferrersMayAnswerAnything(int status) throws Exception {
        for (InMemoryRegistry registry : List.of(from, to)) {
            registry.onRequest(".*", ".*/referrers/.*", Fault.status(status).always());
        }

        promote("1.0");

        assertPromoted();
    }

    @Test
    void aDigestInAHeaderMayBeQuoted() throws Exception {
        for (InMemoryRegistry registry : List.of(from, to)) {
            registry.onRequest(
                    ".*",
                    ".*/manifests/.*",
                    Fault.changeHeader("Docker-Content-Digest", digest -> '"' + digest + '"')
                            .always());
        }

        promote("1.0", "latest");

        assertPromoted();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.example.image.manifest.v3+json",
                "application/vnd.oci.artifact.manifest.v1+json",
                "application/vnd.example.index.v1+json"
            })
    void anIndexMayListManifestsOfOtherTypes(String mediaType) throws Exception {
        TestImage part = TestImage.raw(mediaType, "{\"schemaVersion\":2,\"mediaType\":\"" + mediaType + "\"}");
        from.push("group/app", "1.0", TestImage.ociIndex(IMAGE, part));

        promote("1.0");

        assertThat(to.hasManifest("prod/app", part.digest())).isTrue();
        assertThat(to.mediaTypeOf("prod/app", part.digest())).contains(mediaType);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer, Basic realm=\"x\"",
                "Bearer service=\"x\", Basic realm=\"x\"",
                "Bearer realm=\"\", Basic realm=\"x\"",
                "Bearer realm=\"registry\", Basic realm=\"x\"",
                "Basic realm=\"x\", Bearer"
            })
    void basicIsUsedWhereBearerNamesNoRealm(String challenge) throws Exception {
        from.close();
        from = InMemoryRegistry.builder()
                .basic()
                .user(CI.username(), "marked-secret")
                .start();
        from.push("group/app", "1.0", IMAGE);
        from.onRequest(
                r -> r.authorization().isEmpty(),
                Fault.replaceHeader("WWW-Authenticate", challenge).always());

        promote("1.0");

        assertPromoted();
    }
}
