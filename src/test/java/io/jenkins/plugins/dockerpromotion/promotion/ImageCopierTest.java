package io.jenkins.plugins.dockerpromotion.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Content;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Copies image indexes with very many or unusual entries. */
class ImageCopierTest {

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    @AutoClose
    private final InMemoryRegistry registry = InMemoryRegistry.start();

    private static TestImage index(List<String> digests) {
        return TestImage.raw(
                INDEX,
                "{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":["
                        + digests.stream()
                                .map(d -> "{\"mediaType\":\"" + INDEX + "\",\"size\":1,\"digest\":\"" + d + "\"}")
                                .collect(Collectors.joining(","))
                        + "]}");
    }

    private void promote() throws Exception {
        PromotionRequest.of(
                        registry.image("group/app"),
                        new Tag("1.0"),
                        registry.image("group/copy"),
                        List.of("1.0"),
                        new PromotionRequest.Options(false, false, false))
                .with(RegistryAuthentication.ANONYMOUS, RegistryAuthentication.ANONYMOUS)
                .run(TestNetwork.of(registry).context());
    }

    /** Three levels of indexes, each with a thousand identical entries. */
    @Test
    void readsAManifestOnceHoweverOftenItIsListed() throws Exception {
        String digest = registry.push("group/app", TestImage.oci(1));
        for (int level = 0; level < 3; level++) {
            digest = registry.push("group/app", index(Collections.nCopies(1_000, digest)));
        }
        registry.tag("group/app", "1.0", digest);

        promote();

        assertThat(registry.digestOf("group/copy", "1.0")).contains(digest);
        assertThat(registry.requests().count("GET", ".*/group/app/manifests/.*"))
                .isEqualTo(4);
    }

    /** Clients pull the parts of the copy by the digests that the index lists. */
    @Test
    void storesAManifestUnderTheDigestItIsListedBy() throws Exception {
        TestImage listed = TestImage.oci(1);
        String sha512 = Content.sha512Of(listed.bytes());
        registry.push("group/app", listed);
        client("group/app").push(pinned("group/app", sha512), Manifest.parse(listed.bytes(), listed.mediaType()));
        String digest = registry.push("group/app", "1.0", index(List.of(sha512)));

        promote();

        assertThat(registry.digestOf("group/copy", "1.0")).contains(digest);
        assertThat(client("group/copy").pull(pinned("group/copy", sha512)).bytes())
                .isEqualTo(listed.bytes());
    }

    private ImageReference pinned(String path, String digest) {
        return ImageReference.pinned(registry.image(path), Digest.parse(digest));
    }

    private RegistryClient client(String path) throws Exception {
        return RegistryClient.open(
                registry.image(path),
                RegistryAuthentication.ANONYMOUS,
                Set.of(),
                TestNetwork.of(registry).context());
    }

    @Test
    void refusesAnImageOfTooManyManifests() {
        List<String> many = IntStream.range(0, 1_001)
                .mapToObj(i ->
                        Digest.sha256(new byte[] {(byte) i, (byte) (i >> 8)}).toString())
                .toList();
        registry.push("group/app", "1.0", index(many));

        assertThatThrownBy(this::promote)
                .isInstanceOf(RegistryException.class)
                .hasMessageMatching("Cannot copy .*/group/app@sha256:.*: it consists of more than 1000 manifests");
        assertThat(registry.tags("group/copy")).isEmpty();
        assertThat(registry.requests().count("GET", ".*/group/app/manifests/.*"))
                .isEqualTo(1);
    }

    @Test
    void refusesAManifestThatListsTooMuch() {
        registry.push("group/app", "1.0", index(Collections.nCopies(10_001, "sha256:" + "0".repeat(64))));
        assertThatThrownBy(this::promote)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("the manifest lists more than 10000 entries");
    }
}
