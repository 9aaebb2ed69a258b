package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.testing.Content;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests deviations of registries, gateways and token services from the specification, as reported by users. */
class RegistryDifferencesTest extends ClientTest {

    private static final TestImage IMAGE = TestImage.oci(1).withLayers(9 * 1024 * 1024);
    private static final Content LAYER = List.copyOf(IMAGE.blobs().values()).get(1);
    private static final Descriptor BLOB = new Descriptor("", Digest.parse(LAYER.digest()), LAYER.size(), "");

    private static Predicate<RecordedRequest> requests(String method, String path) {
        return RecordedRequest.matching(method, path);
    }

    @ParameterizedTest
    @ValueSource(ints = {202, 204, 206, 302, 400, 403, 404, 405, 406, 410, 411, 415, 416, 422, 451, 500, 501, 505, 511})
    void headIsASavingAndNoNeed(int status) throws Exception {
        registry.push("group/app", "1.0", IMAGE);
        registry.onRequest(requests("HEAD", ".*"), Fault.status(status).always());
        RegistryClient client = client();
        assertThat(client.digestOf(tagged("1.0"))).contains(Digest.parse(IMAGE.digest()));
        assertThat(client.digestOf(tagged("2.0"))).isEmpty();
        assertThat(registry.requests().count("HEAD", ".*")).isEqualTo(1);
    }

    @Test
    void asksHeadForWhatExistsBeforeItBelievesThatSomethingDoesNot() throws Exception {
        registry.push("group/app", "1.0", IMAGE);
        registry.push("group/app", "2.0", TestImage.oci(2));
        registry.onRequest(requests("HEAD", ".*"), Fault.status(404).always());
        RegistryClient client = client();
        client.pull(tagged("1.0"));
        assertThat(client.digestOf(tagged("2.0")))
                .contains(Digest.parse(TestImage.oci(2).digest()));
        assertThat(client.digestOf(tagged("3.0"))).isEmpty();
        assertThat(registry.requests().count("HEAD", ".*")).isEqualTo(2);
    }

    @Test
    void doesNotTakeARefusedLoginForAnAbsentTag() {
        registry.onRequest(r -> true, Fault.status(401).always());
        assertThatThrownBy(() -> client().digestOf(tagged("1.0"))).isInstanceOf(UnauthorizedException.class);
    }

    /** Also for manifests without a {@code mediaType} field. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "binary/octet-stream",
                "application/octet-stream",
                "application/vnd.oci.image.layer.v1.tar+gzip",
                "application/json",
                "application/xml",
                "application/x-binary; charset=binary",
                "text/plain; charset=utf-8",
                "",
            })
    void aHeaderThatNamesNoManifestGivesWayToTheManifest(String header) throws Exception {
        for (TestImage image : List.of(IMAGE, TestImage.docker(1), TestImage.ociIndex(TestImage.oci(2)))) {
            registry.push("group/app", "1.0", image);
            registry.onRequest(requests("GET", ".*/manifests/.*"), Fault.replaceHeader("Content-Type", header));
            assertThat(client().pull(tagged("1.0")).mediaType()).isEqualTo(image.mediaType());
        }
        assertThat(pulled(header, "{\"schemaVersion\":2,\"layers\":[]}")).isEqualTo(Manifest.OCI_MANIFEST);
        assertThat(pulled(header, "{\"schemaVersion\":2,\"manifests\":[]}")).isEqualTo(Manifest.OCI_INDEX);
    }

    private String pulled(String header, String manifest) throws Exception {
        registry.onRequest(
                requests("GET", ".*/manifests/.*"),
                Fault.status(200).header("Content-Type", header).body(manifest));
        return client().pull(tagged("1.0")).mediaType();
    }

    @Test
    void usesContentThatIsEmbedded() throws Exception {
        byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
        Descriptor embedded = embedded(config, Digest.sha256(config));
        assertThat(client().readBlob(image("app"), embedded)).isEqualTo(config);
        AtomicReference<byte[]> read = new AtomicReference<>();
        client().pullBlob(image("app"), embedded, in -> read.set(in.readAllBytes()));
        assertThat(read.get()).isEqualTo(config);
        assertThat(registry.requests().count()).isZero();
    }

    @Test
    void believesNoEmbeddedContentOfAnotherDigest() {
        assertThat(embedded("[]".getBytes(StandardCharsets.UTF_8), Digest.sha256(new byte[] {'x', 'y'}))
                        .data())
                .isEmpty();
    }

    private static Descriptor embedded(byte[] content, Digest digest) {
        String data = Base64.getEncoder().encodeToString(content);
        String manifest =
                "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":\""
                        + digest + "\",\"size\":" + content.length + ",\"data\":\"" + data + "\"},\"layers\":[]}";
        return Manifest.parse(manifest.getBytes(StandardCharsets.UTF_8), Manifest.OCI_MANIFEST)
                .config()
                .orElseThrow();
    }

    @Test
    void whatAnIndexListsBesidesManifestsIsABlob() {
        String digest = Digest.sha256(new byte[0]).toString();
        String cache = "{\"schemaVersion\":2,\"manifests\":["
                + "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"" + digest
                + "\",\"size\":0},"
                + "{\"mediaType\":\"application/vnd.buildkit.cacheconfig.v0\",\"digest\":\"" + digest
                + "\",\"size\":0},"
                + "{\"mediaType\":\"" + Manifest.OCI_MANIFEST + "\",\"digest\":\"" + digest + "\",\"size\":0}]}";
        Manifest index = Manifest.parse(cache.getBytes(StandardCharsets.UTF_8), Manifest.OCI_INDEX);
        assertThat(index.children()).hasSize(1);
        assertThat(index.blobs()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 406, 409, 415, 416, 422, 500, 501})
    void uploadsWhereAMountIsRefusedAndSaysSoOnce(int status) throws Exception {
        registry.push("group/source", "1.0", IMAGE);
        registry.onRequest(
                r -> r.method().equals("POST") && r.query().contains("mount="),
                Fault.status(status)
                        .body("{\"errors\":[{\"code\":\"UNSUPPORTED\"}]}")
                        .always());
        RegistryClient client = client();
        for (int i = 0; i < 2; i++) {
            URI upload =
                    client.mount(image("app"), BLOB.digest(), image("source")).orElseThrow();
            client.upload(image("app"), BLOB, upload, LAYER.open());
        }
        assertThat(registry.hasBlob("group/app", LAYER.digest())).isTrue();
        assertThat(network.notices())
                .singleElement()
                .asString()
                .contains("it answered " + status, "so this agent copies them");
    }

    @ParameterizedTest
    @CsvSource({
        "403, DENIED, the repository has immutable tags enabled",
        "412, PRECONDITION, tag is immutable",
        "400, TAG_INVALID, The image tag '1.0' already exists and is Immutable",
        "409, TAG_IMMUTABLE, cannot overwrite",
        "400, MANIFEST_INVALID, tag immutability is configured",
        "422, UNKNOWN, immutable",
        "400, TAG_INVALID, The image tag '1.0' already exists in the 'app' repository and cannot be overwritten because the tag is immutable",
        "412, PRECONDITION, 'Failed to process request due to ''app:1.0'' configured as immutable.'",
        "400, MANIFEST_INVALID, 'cannot update tag 1.0. The repository has enabled tag immutability'",
        "403, DENIED, 'failed to push: tag ''1.0'' is protected by an immutability rule'",
        "409, TAG_ALREADY_EXISTS, overwriting is not allowed",
    })
    void saysTheSameOfEveryImmutableTag(int status, String code, String message) throws Exception {
        registry.push("group/app", "1.0", IMAGE);
        RegistryClient client = client();
        Manifest manifest = client.pull(tagged("1.0"));
        registry.onRequest(
                requests("PUT", ".*"),
                Fault.status(status)
                        .body("{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}]}")
                        .always());
        assertThatThrownBy(() -> client.push(tagged("2.0"), manifest))
                .isInstanceOf(RegistryException.class)
                .isNotInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("it answered " + status + " (" + code)
                .hasMessageEndingWith(
                        "the tag is immutable in this registry: use a new tag, or ask a repository admin to change the"
                                + " setting");
    }

    @Test
    void whatIsNotThereMayBeNamedImmutable() throws Exception {
        registry.onRequest(
                r -> true,
                Fault.status(404)
                        .body("{\"errors\":[{\"code\":\"NAME_UNKNOWN\",\"message\":\"no repository immutable/app\"}]}")
                        .always());
        assertThat(client().digestOf(tagged("1.0"))).isEmpty();
    }

    @Test
    void anAnnotationMayBeLong() {
        String manifest =
                "{\"schemaVersion\":2,\"layers\":[],\"annotations\":{\"sbom\":\"" + "x".repeat(2_000_000) + "\"}}";
        assertThat(Manifest.parse(manifest.getBytes(StandardCharsets.UTF_8), "").annotations())
                .containsKey("sbom");
    }

    /** Nexus puts the reason into the {@code detail} of the error. */
    @Test
    void saysWhatNexusSaysOfARepositoryThatDoesNotAllowUpdates() throws Exception {
        registry.push("group/app", "1.0", IMAGE);
        RegistryClient client = client();
        Manifest manifest = client.pull(tagged("1.0"));
        registry.onRequest(
                requests("PUT", ".*"),
                Fault.status(400)
                        .body("{\"errors\":[{\"code\":\"BLOB_UPLOAD_INVALID\",\"message\":\"blob upload invalid\","
                                + "\"detail\":\"Repository does not allow updating assets: docker-hosted\"}]}")
                        .always());
        assertThatThrownBy(() -> client.push(tagged("2.0"), manifest))
                .hasMessageContaining("does not allow updating assets: docker-hosted")
                .hasMessageContaining("the tag is immutable in this registry");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 405, 406, 501})
    void uploadsABlobWhereTheRegistryRefusesToTellWhetherItHasIt(int status) throws Exception {
        registry.createRepository("group/app");
        registry.onRequest(requests("HEAD", ".*"), Fault.status(status).always());
        assertThat(client().hasBlob(image("app"), BLOB.digest())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 405, 409, 412, 422})
    void findsByLookingThatARefusedManifestIsStored(int status) throws Exception {
        registry.push("group/app", "1.0", IMAGE);
        RegistryClient client = client();
        Manifest manifest = client.pull(tagged("1.0"));
        registry.onRequest(requests("PUT", ".*"), Fault.loseAnswer());
        registry.onRequest(
                requests("PUT", ".*"), Fault.status(status).body("{\"errors\":[{\"code\":\"TAG_IMMUTABLE\"}]}"));
        client.push(tagged("2.0"), manifest);
        assertThat(registry.digestOf("group/app", "2.0")).contains(IMAGE.digest());
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void followsARedirectOfAnUploadToItsOwnOrigin(int status) throws Exception {
        registry.createRepository("group/app");
        registry.onRequest(
                r -> r.method().equals("POST") && !r.query().contains("again"),
                Fault.status(status).header("Location", "/v2/group/app/blobs/uploads/?again=1"));
        URI upload = client().startUpload(image("app"), BLOB.digest()).orElseThrow();
        client().upload(image("app"), BLOB, upload, LAYER.open());
        assertThat(registry.hasBlob("group/app", LAYER.digest())).isTrue();
    }

    private static long length(RecordedRequest request) {
        return request.header("Content-Length").map(Long::valueOf).orElse(0L);
    }

    @ParameterizedTest
    @ValueSource(ints = {413, 307})
    void sendsInPiecesWhatIsRefusedAsAWhole(int status) throws Exception {
        registry.createRepository("group/app");
        registry.onRequest(
                r -> r.method().equals("PUT") && length(r) > 1_000_000,
                Fault.status(status).header("Location", "/elsewhere").always());
        RegistryClient client = client();
        URI first = client.startUpload(image("app"), BLOB.digest()).orElseThrow();
        assertThatThrownBy(() -> client.upload(image("app"), BLOB, first, LAYER.open()))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        e -> assertThat(e.isTemporary()).isTrue());
        URI second = client.startUpload(image("app"), BLOB.digest()).orElseThrow();
        client.upload(image("app"), BLOB, second, LAYER.open());
        assertThat(registry.hasBlob("group/app", LAYER.digest())).isTrue();
        assertThat(registry.requests().count("PATCH", ".*")).isEqualTo(3);
    }

    @Test
    void sendsSmallerPiecesWhereAPieceIsRefused() throws Exception {
        registry.createRepository("group/app");
        registry.onRequest(r -> length(r) > 1_500_000, Fault.status(413).always());
        RegistryClient client = client();
        URI first = client.startUpload(image("app"), BLOB.digest()).orElseThrow();
        assertThatThrownBy(() -> client.upload(image("app"), BLOB, first, LAYER.open()))
                .isInstanceOf(RegistryException.class);
        URI second = client.startUpload(image("app"), BLOB.digest()).orElseThrow();
        client.upload(image("app"), BLOB, second, LAYER.open());
        assertThat(registry.hasBlob("group/app", LAYER.digest())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 414, 422})
    void asksATokenServiceOneByOneThatRefusesSeveralScopes(int status) throws Exception {
        registry.close();
        start(InMemoryRegistry.builder().bearer().user("ci", "marked-secret").allow("ci", "group/app", "pull", "push"));
        registry.push("group/app", "1.0", IMAGE);
        registry.onRequest(
                r -> r.path().equals("/token") && r.query().contains("group%2Fsource"),
                Fault.status(status).always());
        RegistryClient client =
                client(new Basic("ci", "marked-secret"), Scope.pullAndPush("group/app"), Scope.pull("group/source"));
        Manifest manifest = client.pull(tagged("1.0"));
        client.push(tagged("2.0"), manifest);
        assertThat(registry.requests().count("GET", "/token")).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 406, 410, 415, 422, 500, 501})
    void readsTheFallbackTagWhereTheListOfReferrersIsNotKnown(int status) throws Exception {
        TestImage signature = signedByTag();
        registry.onRequest(
                requests("GET", ".*/referrers/.*"), Fault.status(status).always());
        Referrers referrers = client().referrers(pinned(IMAGE));
        assertThat(referrers.offered()).isFalse();
        assertThat(referrers.all()).extracting(d -> d.digest().toString()).containsExactly(signature.digest());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"errors\":[]}", "{\"manifests\":null}", "[]", "<html>welcome</html>", ""})
    void takesNothingElseForAListOfReferrers(String body) throws Exception {
        TestImage signature = signedByTag();
        registry.onRequest(
                requests("GET", ".*/referrers/.*"), Fault.status(200).body(body).always());
        Referrers referrers = client().referrers(pinned(IMAGE));
        assertThat(referrers.offered()).isFalse();
        assertThat(referrers.all()).extracting(d -> d.digest().toString()).containsExactly(signature.digest());
    }

    @Test
    void readsBothTheListAndTheFallbackTag() throws Exception {
        TestImage old = signedByTag();
        TestImage recent = TestImage.oci(8).withSubject(IMAGE).withArtifactType("application/x");
        registry.push("group/app", recent);
        Referrers referrers = client().referrers(pinned(IMAGE));
        assertThat(referrers.offered()).isTrue();
        assertThat(referrers.all())
                .extracting(d -> d.digest().toString())
                .containsExactlyInAnyOrder(old.digest(), recent.digest());
    }

    @Test
    void aRegistryThatIsDownHasNotSaidThatThereAreNoReferrers() {
        registry.onRequest(requests("GET", ".*/referrers/.*"), Fault.status(503).always());
        assertThatThrownBy(() -> client().referrers(pinned(IMAGE)))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("503");
    }

    @Test
    void anImageIsNoListOfItsOwnReferrers() throws Exception {
        registry.close();
        start(InMemoryRegistry.builder().with(Quirk.NO_REFERRERS_API));
        TestImage index = TestImage.ociIndex(TestImage.oci(1), TestImage.oci(2));
        for (TestImage image : List.of(IMAGE, index)) {
            registry.push("group/app", "1.0", image);
            registry.push(
                    "group/app",
                    Referrers.fallbackTag(Digest.parse(image.digest())).value(),
                    image);
            Referrers referrers = client().referrers(pinned(image));
            assertThat(referrers.all()).isEmpty();
            assertThat(referrers.fallback()).isEmpty();
        }
    }

    /** Pushes a signature that only the fallback tag refers to. */
    private TestImage signedByTag() throws IOException {
        TestImage signature = TestImage.oci(7);
        registry.push("group/app", "1.0", IMAGE);
        registry.push("group/app", signature);
        registry.push(
                "group/app",
                Referrers.fallbackTag(Digest.parse(IMAGE.digest())).value(),
                TestImage.ociIndex(signature));
        return signature;
    }
}
