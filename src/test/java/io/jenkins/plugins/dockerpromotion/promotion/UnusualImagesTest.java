package io.jenkins.plugins.dockerpromotion.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Content;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies unusual images and other artifacts, to another repository and to another registry. */
class UnusualImagesTest {

    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

    @AutoClose
    private final InMemoryRegistry from = InMemoryRegistry.start();

    @AutoClose
    private final InMemoryRegistry other = InMemoryRegistry.start();

    private final TestNetwork network = TestNetwork.of(from, other);

    enum Target {
        ANOTHER_REPOSITORY,
        ANOTHER_REGISTRY
    }

    private InMemoryRegistry promote(Target where) throws Exception {
        InMemoryRegistry to = where == Target.ANOTHER_REPOSITORY ? from : other;
        PromotionRequest.of(
                        ImageReference.tagged(from.image("group/app"), new Tag("1.0")),
                        to.image("prod/app"),
                        List.of("1.0"),
                        new PromotionRequest.Options(false, false, false))
                .run(network.context());
        return to;
    }

    private static TestImage stored(String mediaType, String json, String... blobs) {
        Map<String, Content> contents = new LinkedHashMap<>();
        for (String blob : blobs) {
            contents.put(Content.of(blob).digest(), Content.of(blob));
        }
        return new TestImage.RawImage(mediaType, json.getBytes(StandardCharsets.UTF_8), contents);
    }

    private static String descriptor(String mediaType, String blob, String more) {
        return "{\"mediaType\":\"" + mediaType + "\",\"digest\":\""
                + Content.of(blob).digest() + "\",\"size\":" + blob.length() + more + "}";
    }

    private static String manifest(String config, String... layers) {
        return "{\"schemaVersion\":2,\"mediaType\":\"" + Manifest.OCI_MANIFEST + "\",\"config\":" + config
                + ",\"layers\":[" + String.join(",", layers) + "]}";
    }

    private static void assertHas(InMemoryRegistry registry, TestImage image, String... blobs) {
        assertThat(registry.digestOf("prod/app", "1.0")).contains(image.digest());
        assertThat(Stream.of(blobs)
                        .filter(b -> !registry.hasBlob("prod/app", Content.of(b).digest())))
                .as("blobs that were not copied")
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aCacheOfBuildKitListsLayers(Target where) throws Exception {
        String[] listed = {"layer one", "layer two", "{\"layers\":[]}"};
        String entries = Stream.concat(
                        Arrays.stream(listed).limit(2).map(l -> descriptor(LAYER, l, "")),
                        Stream.of(descriptor("application/vnd.buildkit.cacheconfig.v0", listed[2], "")))
                .collect(Collectors.joining(","));
        TestImage cache = stored(
                Manifest.OCI_INDEX,
                "{\"schemaVersion\":2,\"mediaType\":\"" + Manifest.OCI_INDEX + "\",\"manifests\":[" + entries + "]}",
                listed);
        from.push("group/app", "1.0", cache);

        assertHas(promote(where), cache, listed);
    }

    @ParameterizedTest
    @EnumSource
    void anEmbeddedConfigurationIsStoredWhereItIsMissing(Target where) throws Exception {
        String config = descriptor("application/vnd.oci.empty.v1+json", "{}", ",\"data\":\"e30=\"");
        TestImage artifact = stored(Manifest.OCI_MANIFEST, manifest(config, descriptor(LAYER, "it", "")), "it");
        from.push("group/app", "1.0", artifact);

        assertHas(promote(where), artifact, "{}", "it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.oci.image.layer.nondistributable.v1.tar",
                "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
                "application/vnd.docker.image.rootfs.foreign.diff.tar",
                "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
            })
    void aLayerThatMayBeKeptElsewhereIsCopiedIfItIsHere(String type) throws Exception {
        TestImage image = stored(
                Manifest.OCI_MANIFEST,
                manifest(
                        descriptor("application/vnd.oci.image.config.v1+json", "{}", ""), descriptor(type, "base", "")),
                "{}",
                "base");
        from.push("group/app", "1.0", image);

        for (Target where : Target.values()) {
            assertHas(promote(where), image, "{}", "base");
        }
    }

    /** Proxies can forbid HEAD, and storage services sign their URLs for GET only. */
    private static void forbidHeadOfBlobs(InMemoryRegistry registry, int status) {
        registry.onRequest("HEAD", "/v2/.*/blobs/.*", Fault.status(status).always());
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 405, 409, 410, 411, 415, 416, 422, 451, 500, 501})
    void copiesToARegistryThatRefusesToTellWhichBlobsItHas(int status) throws Exception {
        TestImage image = TestImage.oci(1);
        from.push("group/app", "1.0", image);
        forbidHeadOfBlobs(other, status);

        for (Target where : Target.values()) {
            assertHas(promote(where), image);
        }
        assertThat(other.requests().count("POST", "/v2/prod/app/blobs/uploads/"))
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429, 503})
    void stopsWhereTheCheckOfABlobShowsAProblemOfTheRegistry(int status) {
        from.push("group/app", "1.0", TestImage.oci(1));
        forbidHeadOfBlobs(other, status);

        assertThatThrownBy(() -> promote(Target.ANOTHER_REGISTRY))
                .hasMessageContaining("Cannot check for the blob")
                .hasMessageContaining("it answered " + status);
    }

    @Test
    void saysThatTheUploadIsRefusedIfTheCheckWasRefusedToo() {
        from.push("group/app", "1.0", TestImage.oci(1));
        forbidHeadOfBlobs(other, 403);
        other.onRequest("POST", "/v2/prod/app/blobs/uploads/", Fault.status(403).always());

        assertThatThrownBy(() -> promote(Target.ANOTHER_REGISTRY))
                .hasMessageContaining("Cannot start the upload of the blob")
                .hasMessageContaining("it answered 403; set credentialsId to credentials that may pull and push");
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 405})
    void anOptionalLayerIsCopiedIfItsRegistryRefusesToTellWhetherItHasIt(int status) throws Exception {
        String type = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
        String config = descriptor("application/vnd.oci.image.config.v1+json", "{}", "");
        TestImage with = stored(Manifest.OCI_MANIFEST, manifest(config, descriptor(type, "base", "")), "{}", "base");
        TestImage without = stored(Manifest.OCI_MANIFEST, manifest(config, descriptor(type, "none", "")), "{}");
        forbidHeadOfBlobs(from, status);

        from.push("group/app", "1.0", with);
        assertHas(promote(Target.ANOTHER_REGISTRY), with, "{}", "base");

        from.push("group/app", "1.0", without);
        other.deleteTag("prod/app", "1.0");
        assertHas(promote(Target.ANOTHER_REGISTRY), without, "{}");
    }

    @ParameterizedTest
    @EnumSource
    void aLayerThatIsKeptElsewhereIsLeftOutAndSaidIfTheTargetInsistsOnIt(Target where) throws Exception {
        String type = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
        TestImage image = stored(
                Manifest.OCI_MANIFEST,
                manifest(
                        descriptor("application/vnd.oci.image.config.v1+json", "{}", ""), descriptor(type, "base", "")),
                "{}");
        from.push("group/app", "1.0", image);
        InMemoryRegistry to = where == Target.ANOTHER_REPOSITORY ? from : other;
        to.onRequest(
                "PUT",
                "/v2/prod/app/manifests/.*",
                Fault.status(400).body("{\"errors\":[{\"code\":\"MANIFEST_BLOB_UNKNOWN\"}]}"));

        assertThatThrownBy(() -> promote(where))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll(
                        "400",
                        from.host() + "/group/app does not contain the layers "
                                + Content.of("base").digest().substring(0, 19));

        assertHas(promote(where), image, "{}");
    }
}
