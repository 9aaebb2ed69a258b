package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Content;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.SingleImage;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageInspectorTest extends ClientTest {

    private static final Instant MADE = Instant.parse("2026-11-20T08:15:00Z");
    private static final SingleImage AMD64 = TestImage.oci(1)
            .withLayers(1000, 500)
            .withCreated(MADE)
            .withLabel("org.opencontainers.image.revision", "0123456789ab")
            .withAnnotation("org.opencontainers.image.title", "one");
    private static final SingleImage ARM64 = TestImage.oci(2)
            .withPlatform("linux", "arm64", "v8")
            .withLayers(2000)
            .withCreated(MADE.plusSeconds(60))
            .withLabel("org.opencontainers.image.revision", "arm");
    private static final TestImage ATTESTATION = TestImage.oci(3).withPlatform("unknown", "unknown");
    private static final TestImage INDEX = TestImage.ociIndex(ARM64, AMD64, ATTESTATION);

    private ImageReference reference(String tag) {
        return new ImageReference(image("app"), tag);
    }

    private ImageInspector inspector() throws Exception {
        return ImageInspector.open(reference("x").name(), RegistryAuthentication.ANONYMOUS, network.context());
    }

    private ImageInfo inspect(String tag) throws Exception {
        return inspector().inspect(reference(tag));
    }

    private static long size(SingleImage image, long layers) {
        return layers + image.blobs().values().iterator().next().size();
    }

    @ParameterizedTest
    @CsvSource({"0, its content does not match its digest", "-1, it ended 1 bytes early", "1, is larger than the"})
    void takesNothingElseForAConfiguration(int more, String why) {
        registry.push("group/app", "1.0", AMD64);
        int size = (int) AMD64.blobs().values().iterator().next().size();
        registry.onRequest(
                RecordedRequest.matching("GET", ".*/blobs/.*"),
                Fault.replaceBody(" ".repeat(size + more)).always());

        assertThatThrownBy(() -> inspect("1.0"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tellsOfAnImageFromItsManifestAndConfiguration(boolean byDigest) throws Exception {
        registry.push("group/app", "1.0", AMD64);

        ImageInfo info = inspector().inspect(reference(byDigest ? AMD64.digest() : "1.0"));

        assertThat(info.digest()).isEqualTo(AMD64.digest());
        assertThat(info.mediaType()).isEqualTo(AMD64.mediaType());
        assertThat(info.size()).isEqualTo(size(AMD64, 1500));
        assertThat(info.createdAt()).contains(MADE);
        assertThat(info.platforms())
                .containsExactly(new ImageInfo.Platform("linux", "amd64", "", AMD64.digest(), size(AMD64, 1500)));
        assertThat(info.asMap())
                .containsEntry("created", "2026-11-20T08:15:00Z")
                .containsEntry("labels", Map.of("org.opencontainers.image.revision", "0123456789ab"))
                .containsEntry("annotations", Map.of("org.opencontainers.image.title", "one"));
        assertThat(registry.requests().count()).as("manifest, configuration").isEqualTo(2);
    }

    @Test
    void tellsOfAPlatformThatIsListedBySha512() throws Exception {
        registry.push("group/app", AMD64);
        String sha512 = Content.sha512Of(AMD64.bytes());
        client().push(reference(sha512), Manifest.parse(AMD64.bytes(), AMD64.mediaType()));
        registry.push(
                "group/app",
                "1.0",
                TestImage.raw(
                        Manifest.OCI_INDEX,
                        "{\"schemaVersion\":2,\"manifests\":[{\"size\":1,\"digest\":\"" + sha512
                                + "\",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}]}"));

        ImageInfo info = inspect("1.0");

        assertThat(info.platforms())
                .containsExactly(new ImageInfo.Platform("linux", "amd64", "", sha512, size(AMD64, 1500)));
        assertThat(info.createdAt()).contains(MADE);
    }

    @Test
    void tellsOfEveryPlatformAndNotOfAttestations() throws Exception {
        registry.push("group/app", "1.0", INDEX);

        ImageInfo info = inspect("1.0");

        assertThat(info.platforms())
                .containsExactly(
                        new ImageInfo.Platform("linux", "arm64", "v8", ARM64.digest(), size(ARM64, 2000)),
                        new ImageInfo.Platform("linux", "amd64", "", AMD64.digest(), size(AMD64, 1500)));
        assertThat(info.size()).isEqualTo(size(ARM64, 2000) + size(AMD64, 1500));
        assertThat(info.createdAt()).as("the latest").contains(MADE.plusSeconds(60));
        assertThat(info.asMap().get("labels"))
                .as("those of linux/amd64")
                .isEqualTo(Map.of("org.opencontainers.image.revision", "0123456789ab"));
        assertThat(registry.requests().count())
                .as("index, 2 manifests, 2 configurations")
                .isEqualTo(5);
        assertThat(registry.requests().count("GET", ".*/blobs/.*"))
                .as("no layer is read")
                .isEqualTo(2);
    }

    @Test
    void tellsOfAnIndexOneOfWhosePlatformsWasDeleted() throws Exception {
        registry.push("group/app", "1.0", INDEX);
        for (SingleImage deleted : List.of(ARM64, AMD64)) {
            registry.push("group/app", "1.0", INDEX);
            registry.deleteManifest("group/app", deleted.digest());

            ImageInfo info = inspect("1.0");

            assertThat(info.platforms())
                    .filteredOn(platform -> !platform.present())
                    .extracting(ImageInfo.Platform::digest)
                    .containsExactly(deleted.digest());
            assertThat(info.platforms()).hasSize(2);
            assertThat(info.createdAt()).isPresent();
            assertThat(info.toString())
                    .contains(deleted.platform().orElseThrow().architecture(), "(its manifest is missing)");
            assertThat(info.asMap().get("platforms").toString()).contains("missing=true");
        }
    }

    @Test
    void tellsOfAnImageWhoseConfigurationWasDeleted() throws Exception {
        registry.push("group/app", "1.0", AMD64);
        registry.deleteBlob("group/app", AMD64.blobs().keySet().iterator().next());

        assertThat(inspect("1.0").digest()).isEqualTo(AMD64.digest());
    }

    @Test
    void tellsOfAManifestThatServesTwoPlatforms() throws Exception {
        registry.push("group/app", AMD64);
        String entries = Stream.of("v6", "v7")
                .map(variant -> "{\"mediaType\":\"" + Manifest.OCI_MANIFEST + "\",\"size\":1,\"digest\":\""
                        + AMD64.digest() + "\",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\""
                        + variant + "\"}}")
                .collect(Collectors.joining(","));
        registry.push(
                "group/app",
                "1.0",
                TestImage.raw(Manifest.OCI_INDEX, "{\"schemaVersion\":2,\"manifests\":[" + entries + "]}"));

        assertThat(inspect("1.0").platforms())
                .extracting(ImageInfo.Platform::toString)
                .containsExactly("linux/arm/v6", "linux/arm/v7");
    }

    @Test
    void tellsOfACacheOfBuildKit() throws Exception {
        registry.push(
                "group/app",
                "cache",
                TestImage.raw(
                        Manifest.OCI_INDEX,
                        "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\","
                                + "\"size\":700,\"digest\":\"" + AMD64.digest() + "\"}]}"));

        ImageInfo info = inspect("cache");

        assertThat(info.platforms()).isEmpty();
        assertThat(info.size()).isEqualTo(700);
        assertThat(registry.requests().count()).isEqualTo(1);
    }

    @Test
    void readsPlatformsSideBySide() throws Exception {
        TestImage[] platforms = IntStream.range(0, 8)
                .mapToObj(i -> TestImage.docker(i).withPlatform("linux", "arch" + i))
                .toArray(TestImage[]::new);
        registry.push("group/app", "1.0", TestImage.dockerList(platforms));
        registry.delayEveryRequest(Duration.ofMillis(100));

        assertThat(inspect("1.0").platforms()).hasSize(8);
        // The server can still be finishing one request when the client sends the next one.
        assertThat(registry.requests().peakConcurrency()).isGreaterThanOrEqualTo(8);
    }

    @Test
    void readsTheDigestAloneWithoutAPull() throws Exception {
        registry.push("group/app", "1.0", INDEX);

        ImageInfo info = inspector().resolve(reference("1.0"));

        assertThat(info.digest()).isEqualTo(INDEX.digest());
        assertThat(info.mediaType()).isEqualTo(INDEX.mediaType());
        assertThat(registry.requests().all())
                .extracting(RecordedRequest::method)
                .containsExactly("HEAD");
        assertThatThrownBy(() -> inspector().resolve(reference("2.0")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageStartingWith("Cannot inspect " + reference("2.0") + " on " + registry.host());
    }

    @Test
    void takesTwoPullsOfDockerHubForAnyNumberOfPlatforms() throws Exception {
        try (InMemoryRegistry pulls = InMemoryRegistry.builder()
                        .bearer()
                        .publicRepository("*")
                        .pullLimit(100)
                        .start();
                InMemoryDockerHub hub =
                        InMemoryDockerHub.builder().registry(pulls).start()) {
            hub.registry().push("technolog/serviceone", "1.0", INDEX);
            ImageReference image = ImageReference.tagged(ImageName.parse("technolog/serviceone"), new Tag("1.0"));

            ImageInfo info = ImageInspector.open(
                            image.name(),
                            RegistryAuthentication.ANONYMOUS,
                            TestNetwork.of(hub).context())
                    .inspect(image);

            assertThat(hub.registry().pullsLeft()).isEqualTo(98);
            assertThat(hub.requests().count())
                    .as("the API tells the other sizes")
                    .isEqualTo(1);
            assertThat(info.platforms())
                    .contains(
                            new ImageInfo.Platform("linux", "arm64", "v8", ARM64.digest(), 2000),
                            new ImageInfo.Platform("linux", "amd64", "", AMD64.digest(), size(AMD64, 1500)));
            assertThat(info.createdAt()).contains(MADE);
        }
    }

    @Test
    void readsAllPlatformsWhereDockerHubsApiLetsNobodyIn() throws Exception {
        try (InMemoryDockerHub hub = InMemoryDockerHub.builder().start()) {
            hub.registry().push("technolog/serviceone", "1.0", INDEX);
            hub.onRequest(r -> true, Fault.status(403).always());
            ImageReference image = ImageReference.tagged(ImageName.parse("technolog/serviceone"), new Tag("1.0"));

            assertThat(ImageInspector.open(
                                    image.name(),
                                    RegistryAuthentication.ANONYMOUS,
                                    TestNetwork.of(hub).context())
                            .inspect(image)
                            .platforms())
                    .extracting(ImageInfo.Platform::size)
                    .containsExactly(size(ARM64, 2000), size(AMD64, 1500));
        }
    }

    @Test
    void tellsOfWhatIsNoImage() throws Exception {
        byte[] config = "chart".getBytes();
        String digest = Digest.sha256(config).toString();
        String manifest = "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                + "\"config\":{\"mediaType\":\"application/vnd.cncf.helm.config.v1\",\"size\":5,\"digest\":\"" + digest
                + "\"},\"layers\":[],"
                + "\"annotations\":{\"org.opencontainers.image.created\":\"2026-11-20T09:15:00+01:00\"}}";
        registry.push("group/app", "chart", TestImage.raw(AMD64.mediaType(), manifest));

        ImageInfo info = inspect("chart");

        assertThat(info.platforms()).isEmpty();
        assertThat(info.createdAt()).contains(MADE);
        assertThat(info.size()).isEqualTo(5);
        assertThat(registry.requests().count()).isEqualTo(1);
    }

    @Test
    void doesNotNeedDigestsToBeTold() throws Exception {
        start(InMemoryRegistry.builder().with(Quirk.NO_CONTENT_DIGEST));
        registry.push("group/app", "1.0", AMD64);
        assertThat(inspector().resolve(reference("1.0")).digest()).isEqualTo(AMD64.digest());
        assertThat(inspect("1.0").digest()).isEqualTo(AMD64.digest());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "no json", "{\"created\":\"yesterday\",\"config\":{\"Labels\":[1]},\"os\":7}"})
    void doesWithoutAConfigurationThatSaysNothing(String config) throws Exception {
        registry.push("group/app", "1.0", AMD64);
        String manifest = new String(AMD64.bytes())
                .replace(
                        AMD64.blobs().keySet().iterator().next(),
                        Digest.sha256(config.getBytes()).toString())
                .replaceFirst("\"size\" ?: ?\\d+", "\"size\":" + config.length());
        registry.onRequest(
                RecordedRequest.matching("GET", ".*/manifests/.*"),
                Fault.replaceBody(manifest)
                        .header(
                                "Docker-Content-Digest",
                                Digest.sha256(manifest.getBytes()).toString())
                        .always());
        registry.onRequest(
                RecordedRequest.matching("GET", ".*/blobs/.*"),
                Fault.status(200).body(config).always());

        ImageInfo info = inspect("1.0");

        assertThat(info.createdAt()).isEmpty();
        assertThat(info.asMap().get("labels")).isEqualTo(Map.of());
        assertThat(info.platforms()).isEmpty();
    }

    @Test
    void failsInOneLineWhereThereIsNoImage() {
        assertThatThrownBy(() -> inspect("1.0"))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("Cannot read the manifest of " + reference("1.0") + " on ")
                .hasMessageContaining("check that it exists");
    }

    @Test
    void travelsToTheControllerAsPlainData() throws Exception {
        registry.push("group/app", "1.0", INDEX);
        ImageInfo info = inspect("1.0");
        new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(info);
        assertThat(info)
                .hasToString(INDEX.digest() + ", " + INDEX.mediaType()
                        + ", linux/arm64/v8, linux/amd64, 4.1 kB, created 2026-11-20T08:16:00Z");
        assertThat(List.copyOf(info.asMap().keySet()))
                .containsExactly(
                        "digest",
                        "mediaType",
                        "size",
                        "created",
                        "platforms",
                        "labels",
                        "annotations",
                        "signatures",
                        "attestations");
    }
}
