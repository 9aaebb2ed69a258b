package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.JsonLayout;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests pulling, pushing, checking and deleting manifests. */
class ManifestEndpointsTest extends ClientTest {

    static Stream<TestImage> images() {
        return Stream.of(
                TestImage.docker(1),
                TestImage.docker(1).withLayout(JsonLayout.ODD),
                TestImage.oci(2).withAnnotation("a", "b"),
                TestImage.ociIndex(TestImage.oci(3), TestImage.oci(4).withPlatform("linux", "arm64", "v8")),
                TestImage.dockerList(TestImage.docker(5)).withLayout(JsonLayout.ODD),
                TestImage.raw(
                        "application/vnd.nobody.has.heard.of+json", " {\"layers\" : \"none\",\n\n\"config\":null}\t\n"),
                TestImage.raw("application/x", "{\"anything\":[{\"digest\":\"none\"}]}"));
    }

    @ParameterizedTest
    @MethodSource("images")
    void keepsEveryByteAndTheMediaType(TestImage image) throws Exception {
        RegistryClient client = client();
        registry.push("group/app", "1.0", image);
        Manifest manifest = client.pull(tagged("1.0"));
        client.push(tagged("2.0"), manifest);
        assertThat(registry.digestOf("group/app", "2.0")).contains(image.digest());
        assertThat(registry.mediaTypeOf("group/app", "2.0")).contains(image.mediaType());
        assertThat(registry.manifestBytes("group/app", "2.0").orElseThrow()).isEqualTo(image.bytes());
        assertThat(client.pull(pinned(image)).digest()).hasToString(image.digest());
    }

    @Test
    void readsAnUnknownKindAsFarAsItLooksFamiliar() throws Exception {
        String layer = "{\"digest\":\"" + TestImage.docker(1).digest() + "\",\"size\":5}";
        Manifest manifest = Manifest.parse(
                ("{\"config\":{},\"layers\":[" + layer + ",{\"digest\":\"none\"},7]}").getBytes(StandardCharsets.UTF_8),
                "application/vnd.nobody.has.heard.of");
        assertThat(manifest.blobs())
                .singleElement()
                .satisfies(b -> assertThat(b.size()).isEqualTo(5));
    }

    @Test
    void readsWhatAManifestRefersTo() throws Exception {
        RegistryClient client = client();
        TestImage child = TestImage.oci(4).withPlatform("linux", "arm64", "v8");
        TestImage index = TestImage.ociIndex(TestImage.oci(3), child);
        registry.push("group/app", "1.0", index);
        Manifest manifest = client.pull(tagged("1.0"));
        assertThat(manifest.children()).hasSize(2);
        assertThat(manifest.children().get(1).digest()).hasToString(child.digest());
        assertThat(manifest.platforms()).containsExactly("linux/amd64", "linux/arm64/v8");
        assertThat(manifest.blobs()).isEmpty();
        assertThat(client.pull(pinned(child)).blobs())
                .extracting(b -> b.digest().toString())
                .containsExactlyElementsOf(child.blobs().keySet());
    }

    @Test
    void looksWithoutReading() throws Exception {
        RegistryClient client = client();
        registry.push("group/app", "1.0", TestImage.docker(1));
        assertThat(client.digestOf(tagged("1.0")))
                .contains(Digest.parse(TestImage.docker(1).digest()));
        assertThat(client.digestOf(tagged("2.0"))).isEmpty();
        assertThat(client.pullIfPresent(tagged("2.0"))).isEmpty();
        assertThat(registry.requests().count("HEAD", ".*")).isEqualTo(2);
        assertThat(registry.requests().count("GET", ".*")).isEqualTo(1);
    }

    @Test
    void managesWithARegistryThatTellsNoDigests() throws Exception {
        start(InMemoryRegistry.builder().with(Quirk.NO_CONTENT_DIGEST));
        RegistryClient client = client();
        registry.push("group/app", "1.0", TestImage.docker(1));
        assertThat(client.digestOf(tagged("1.0")))
                .contains(Digest.parse(TestImage.docker(1).digest()));
        client.push(tagged("2.0"), client.pull(tagged("1.0")));
        assertThat(registry.digestOf("group/app", "2.0"))
                .contains(TestImage.docker(1).digest());
    }

    @Test
    void doesNotBelieveALyingDigest() throws Exception {
        start(InMemoryRegistry.builder().with(Quirk.WRONG_CONTENT_DIGEST));
        RegistryClient client = client();
        registry.push("group/app", "1.0", TestImage.docker(1));
        assertThatThrownBy(() -> client.pull(tagged("1.0")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("does not match the digest in the header");
        Manifest manifest = Manifest.parse(TestImage.docker(1).bytes(), Manifest.DOCKER_MANIFEST);
        assertThatThrownBy(() -> client.push(tagged("2.0"), manifest))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("the registry stored something else");
    }

    @Test
    void doesNotBelieveOtherBytes() throws Exception {
        start(InMemoryRegistry.builder().with(Quirk.NO_CONTENT_DIGEST));
        RegistryClient client = client();
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.onRequest(
                r -> true, Fault.replaceBody(TestImage.docker(2).bytes()).always());
        assertThatThrownBy(() -> client.pull(pinned(TestImage.docker(1))))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("does not match the requested digest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "sha256:abc", "md5:d41d8cd98f00b204e9800998ecf8427e", "W/\"x\""})
    void computesTheDigestIfTheHeaderHasNone(String header) throws Exception {
        RegistryClient client = client();
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.onRequest(
                r -> true, Fault.replaceHeader("Docker-Content-Digest", header).always());
        Manifest manifest = client.pull(tagged("1.0"));
        assertThat(manifest.digest()).hasToString(TestImage.docker(1).digest());
        assertThat(client.digestOf(tagged("1.0"))).contains(manifest.digest());
        client.push(tagged("2.0"), manifest);
        assertThat(registry.digestOf("group/app", "2.0"))
                .contains(TestImage.docker(1).digest());
    }

    @ParameterizedTest
    @CsvSource({
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
        "application/vnd.docker.distribution.manifest.v1+json",
        "application/json",
    })
    void explainsSchema1(String mediaType) throws Exception {
        RegistryClient client = client();
        registry.push("group/app", "1.0", TestImage.raw(mediaType, "{\"schemaVersion\":1,\"signatures\":[]}"));
        // The digest of a signed schema 1 manifest is computed without its signatures.
        registry.onRequest(r -> true, Fault.replaceHeader("Docker-Content-Digest", "sha256:" + "0".repeat(64)));
        assertThatThrownBy(() -> client.pull(tagged("1.0")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("schema 1")
                .hasMessageContaining("push it again");
    }

    @Test
    void leavesParametersOfTheMediaTypeOut() throws Exception {
        RegistryClient client = client();
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.onRequest(
                r -> true, Fault.replaceHeader("Content-Type", Manifest.DOCKER_MANIFEST + " ; charset=utf-8"));
        assertThat(client.pull(tagged("1.0")).mediaType()).isEqualTo(Manifest.DOCKER_MANIFEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "not json",
                "{\"mediaType\":\"a\\r\\nX-Evil: b\"}",
                "{\"schemaVersion\":2,\"layers\":[{\"digest\":\"../../x\",\"size\":1}]}",
                "{\"schemaVersion\":2,\"manifests\":[{\"size\":1}]}",
            })
    void refusesWhatIsNoManifest(String body) throws Exception {
        RegistryClient client = client();
        registry.onRequest(r -> true, Fault.status(200).body(body).always());
        assertThatThrownBy(() -> client.pull(tagged("1.0")))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("Cannot read the manifest of " + tagged("1.0"));
    }

    @Test
    void readsNoMoreThan8Mebibytes() throws Exception {
        RegistryClient client = client();
        registry.onRequest(r -> true, Fault.status(200).body("{\"a\":\"" + " ".repeat(8 * 1024 * 1024) + "\"}"));
        assertThatThrownBy(() -> client.pull(tagged("1.0")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("larger than the limit of 8388608 bytes");
    }

    @Test
    void saysThatThereIsNone() throws Exception {
        RegistryClient client = client();
        assertThatThrownBy(() -> client.pull(tagged("1.0")))
                .isInstanceOfSatisfying(
                        NotFoundException.class, e -> assertThat(e.codes()).isNotEmpty())
                .hasMessageContaining("check that it exists");
    }

    @Test
    void explainsThatAManifestIsTooLarge() throws Exception {
        start(InMemoryRegistry.builder().maxManifestBytes(10));
        RegistryClient client = client();
        Manifest manifest = Manifest.parse(TestImage.docker(1).bytes(), Manifest.DOCKER_MANIFEST);
        assertThatThrownBy(() -> client.push(tagged("1.0"), manifest))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("too large for this registry");
    }

    @Test
    void noticesThatSomebodyElseWroteTheTag() throws Exception {
        start(InMemoryRegistry.builder().with(Quirk.NO_CONTENT_DIGEST));
        RegistryClient client = client();
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.push("group/app", "2.0", TestImage.docker(2));
        Manifest manifest = client.pull(tagged("1.0"));
        registry.onRequest(r -> r.method().equals("PUT"), Fault.status(201));
        assertThatThrownBy(() -> client.push(tagged("2.0"), manifest))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("now has something else under this name");
    }

    @Test
    void deletesOneTagAndNoOther() throws Exception {
        RegistryClient client = client();
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.tag("group/app", "2.0", "1.0");
        assertThat(client.deleteTag(tagged("1.0"))).isTrue();
        assertThat(client.deleteTag(tagged("1.0"))).isFalse();
        assertThat(registry.tags("group/app")).containsExactly("2.0");
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE_SWITCHED_OFF_405", "DELETE_UNSUPPORTED_400", "DELETE_BY_DIGEST_ONLY"})
    void saysThatARegistryDeletesNoTags(Quirk quirk) throws Exception {
        start(InMemoryRegistry.builder().with(quirk));
        RegistryClient client = client();
        registry.push("group/app", "1.0", TestImage.docker(1));
        assertThatThrownBy(() -> client.deleteTag(tagged("1.0")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("Cannot delete the tag " + tagged("1.0"));
        assertThat(registry.tags("group/app")).containsExactly("1.0");
    }

    @Test
    void deletesNoDigest() throws Exception {
        RegistryClient client = client();
        assertThatIllegalArgumentException().isThrownBy(() -> client.deleteTag(pinned(TestImage.docker(1))));
    }

    @Test
    void listsReferrersPageByPage() throws Exception {
        start(InMemoryRegistry.builder().referrersPageSize(2));
        RegistryClient client = client();
        TestImage subject = TestImage.oci(1);
        registry.push("group/app", "1.0", subject);
        for (int i = 2; i < 7; i++) {
            registry.push("group/app", TestImage.oci(i).withSubject(subject).withArtifactType("application/x"));
        }
        assertThat(client.referrers(pinned(subject)).all()).hasSize(5);
        assertThat(registry.requests().count("GET", ".*/referrers/.*")).isEqualTo(3);
        Referrers none = client.referrers(pinned(TestImage.oci(9)));
        assertThat(none.offered()).isTrue();
        assertThat(none.all()).isEmpty();
    }

    @Test
    void tellsWhetherARegistryLinksAReferrerToItsSubject() throws Exception {
        TestImage subject = TestImage.oci(1);
        TestImage signature = TestImage.oci(2).withSubject(subject).withArtifactType("application/x");
        for (boolean offered : new boolean[] {true, false}) {
            start(
                    offered
                            ? InMemoryRegistry.builder()
                            : InMemoryRegistry.builder().with(Quirk.NO_REFERRERS_API));
            RegistryClient client = client();
            registry.push("group/app", "1.0", signature);
            Manifest manifest = client.pull(tagged("1.0"));

            assertThat(manifest.subject().map(Descriptor::digest)).contains(Digest.parse(subject.digest()));
            assertThat(manifest.artifactType()).isEqualTo("application/x");
            assertThat(client.push(pinned(signature), manifest)).isEqualTo(offered);
        }
    }
}
