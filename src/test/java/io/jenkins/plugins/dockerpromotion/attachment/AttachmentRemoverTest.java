package io.jenkins.plugins.dockerpromotion.attachment;

import static io.jenkins.plugins.dockerpromotion.testing.Attachment.cosign;
import static io.jenkins.plugins.dockerpromotion.testing.Attachment.fallback;
import static io.jenkins.plugins.dockerpromotion.testing.Attachment.referrer;
import static io.jenkins.plugins.dockerpromotion.testing.Attachment.tag;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.tags.PruneReceipt;
import io.jenkins.plugins.dockerpromotion.tags.PruneRequest;
import io.jenkins.plugins.dockerpromotion.tags.RetentionPolicy;
import io.jenkins.plugins.dockerpromotion.tags.TagRemoval;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests which attachments are deleted with an image that loses its last tag, and which are kept. */
class AttachmentRemoverTest {

    private static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private static final TestImage AMD64 = TestImage.oci(1).withPlatform("linux", "amd64");
    private static final TestImage ARM64 = TestImage.oci(2).withPlatform("linux", "arm64");
    private static final TestImage OLD = TestImage.ociIndex(AMD64, ARM64);
    private static final TestImage NEW = TestImage.oci(3);
    private static final TestImage SIGNATURE = referrer(11, OLD, BUNDLE);
    private static final TestImage OF_PLATFORM = referrer(12, ARM64, BUNDLE);
    private static final TestImage LIST = referrer(13, OLD, "application/spdx+json");
    private static final TestImage OF_LIST = referrer(14, LIST, BUNDLE);
    private static final TestImage OF_NEW = referrer(15, NEW, BUNDLE);

    @AutoClose
    private InMemoryRegistry registry;

    private TestNetwork network;
    private boolean listsReferrers;

    /** Pushes an old version 1 and a new version 2, both with attachments. */
    private void start(Quirk... quirks) {
        registry = InMemoryRegistry.builder().with(quirks).start();
        network = TestNetwork.of(registry);
        listsReferrers = !List.of(quirks).contains(Quirk.NO_REFERRERS_API);
        registry.push("app", "v1", OLD);
        registry.push("app", "v2", NEW);
        registry.attach("app", OLD, SIGNATURE, LIST);
        registry.attach("app", ARM64, OF_PLATFORM);
        registry.attach("app", LIST, OF_LIST);
        registry.attach("app", NEW, OF_NEW);
        registry.push("app", tag(OLD) + ".sig", cosign("old=1"));
        registry.push("app", tag(AMD64) + ".att", cosign("amd64=2"));
        registry.push("app", tag(NEW) + ".sig", cosign("new=3"));
    }

    private ImageName image() {
        return registry.image("app");
    }

    /** Keeps only the newest of the tags {@code v1}, {@code v2} and so on. */
    private static RetentionPolicy policy() {
        return new RetentionPolicy(
                Optional.of(TagPattern.of("v{build}")), OptionalInt.of(1), OptionalInt.empty(), List.of("latest"));
    }

    private PruneRequest request(boolean dryRun) {
        return new PruneRequest(image(), policy(), 100, dryRun);
    }

    private PruneReceipt prune(boolean dryRun) throws Exception {
        return request(dryRun).run(network.context());
    }

    static Stream<Arguments> registries() {
        return Stream.of(
                        new Quirk[] {},
                        new Quirk[] {Quirk.DELETE_BY_DIGEST_ONLY},
                        new Quirk[] {Quirk.NO_REFERRERS_API},
                        new Quirk[] {Quirk.NO_REFERRERS_API, Quirk.DELETE_BY_DIGEST_ONLY},
                        new Quirk[] {Quirk.NO_REFERRERS_API, Quirk.GITLAB_TAG_DELETE})
                .map(quirks -> Arguments.of((Object) quirks));
    }

    private void assertOnlyOfNewStays() {
        assertThat(registry.tags("app").stream().filter(name -> name.startsWith("sha256-")))
                .containsExactlyInAnyOrderElementsOf(
                        listsReferrers ? List.of(tag(NEW) + ".sig") : List.of(tag(NEW), tag(NEW) + ".sig"));
        for (TestImage gone : List.of(SIGNATURE, LIST, OF_PLATFORM, OF_LIST)) {
            assertThat(registry.hasManifest("app", gone.digest())).isFalse();
        }
        assertThat(registry.hasManifest("app", OF_NEW.digest())).isTrue();
    }

    @ParameterizedTest
    @MethodSource("registries")
    void pruningTakesThemAlongAsTheDryRunSaid(Quirk[] quirks) throws Exception {
        start(quirks);

        PruneReceipt planned = prune(true);
        assertThat(registry.requests().count(r -> r.method().equals("DELETE") && r.status() == 202))
                .isZero();
        PruneReceipt done = prune(false);

        assertThat(done.deleted()).singleElement().matches(entry -> entry.tag().equals("v1"));
        assertOnlyOfNewStays();
        assertThat(planned.attachments()).hasSize(listsReferrers ? 6 : 9).isEqualTo(done.attachments());
        assertThat(planned.freed()).isEqualTo(done.freed());
        assertThat(done.refused()).isEmpty();
        long attachments = Stream.of(SIGNATURE, LIST, OF_PLATFORM, OF_LIST, cosign("old=1"), cosign("amd64=2"))
                .mapToLong(i -> i.size()
                        + i.blobs().values().stream().mapToLong(b -> b.size()).sum())
                .sum();
        long images = Stream.of(AMD64, ARM64)
                .flatMap(i -> i.blobs().values().stream())
                .mapToLong(b -> b.size())
                .sum();
        assertThat(done.freed()).isGreaterThanOrEqualTo(attachments + images);
        assertThat(network.notices()).anyMatch(n -> n.startsWith("ATTACHMENT"));
        assertThat(network.notices())
                .anyMatch(
                        n -> n.startsWith(tag(OLD) + ".sig") && n.contains("delete") && n.contains("which is deleted"));
    }

    @ParameterizedTest
    @MethodSource("registries")
    void deletingTheLastTagTakesThemAlong(Quirk[] quirks) throws Exception {
        start(quirks);
        registry.tag("app", "other", "v1");
        TagRemoval other = new TagRemoval(ImageReference.tagged(image(), new Tag("other")), Optional.empty());
        if (!List.of(quirks).contains(Quirk.DELETE_BY_DIGEST_ONLY)) {
            other.run(network.context());
            assertThat(registry.tags("app")).contains(tag(OLD) + ".sig");
            assertThat(registry.hasManifest("app", SIGNATURE.digest())).isTrue();
        } else {
            registry.deleteTag("app", "other");
        }

        new TagRemoval(ImageReference.tagged(image(), new Tag("v1")), Optional.empty()).run(network.context());

        assertOnlyOfNewStays();
        assertThat(network.notices()).anyMatch(n -> n.startsWith("Deleted " + tag(OLD) + ".sig"));
    }

    @ParameterizedTest
    @MethodSource("registries")
    void theyStayAsLongAsTheImage(Quirk[] quirks) throws Exception {
        start(quirks);
        registry.tag("app", "production", "v1");

        assertThat(prune(true).attachments()).isEmpty();
        assertThat(prune(false).attachments()).isEmpty();

        assertThat(registry.tags("app")).contains(tag(OLD) + ".sig");
        assertThat(registry.hasManifest("app", OF_PLATFORM.digest())).isTrue();
    }

    @ParameterizedTest
    @MethodSource("registries")
    void whatAnotherIndexListsKeepsItsOwn(Quirk[] quirks) throws Exception {
        start(quirks);
        registry.push("app", "production", TestImage.ociIndex(ARM64));

        prune(false);

        assertThat(registry.hasManifest("app", OF_PLATFORM.digest())).isTrue();
        assertThat(registry.hasManifest("app", tag(ARM64))).isEqualTo(!listsReferrers);
        assertThat(registry.hasManifest("app", SIGNATURE.digest())).isFalse();
        assertThat(registry.tags("app")).doesNotContain(tag(OLD) + ".sig", tag(AMD64) + ".att");
    }

    @ParameterizedTest
    @MethodSource("registries")
    void aReferrerWithATagOfItsOwnStaysWithItsSignature(Quirk[] quirks) throws Exception {
        start(quirks);
        registry.tag("app", "sbom-of-1", LIST.digest());

        prune(false);

        assertThat(registry.hasManifest("app", LIST.digest())).isTrue();
        assertThat(registry.hasManifest("app", OF_LIST.digest())).isTrue();
        assertThat(registry.hasManifest("app", SIGNATURE.digest())).isFalse();
    }

    @Test
    void whatALookAlikeOfAListNamesStays() throws Exception {
        start(Quirk.NO_REFERRERS_API);
        TestImage stranger = TestImage.oci(40);
        registry.push("app", stranger);
        registry.push("app", tag(OLD), fallback(SIGNATURE, stranger));

        prune(false);

        assertThat(registry.hasManifest("app", stranger.digest())).isTrue();
        assertThat(registry.hasManifest("app", SIGNATURE.digest())).isFalse();
    }

    @Test
    void oneManifestUnderTwoTagsStaysWhereOnlyDigestsAreDeleted() throws Exception {
        start(Quirk.DELETE_BY_DIGEST_ONLY);
        TestImage list = cosign("list=1");
        registry.push("app", tag(OLD) + ".sbom", list);
        registry.push("app", tag(NEW) + ".sbom", list);

        PruneReceipt receipt = prune(false);

        assertThat(registry.tags("app")).contains(tag(NEW) + ".sbom");
        assertThat(receipt.refused())
                .singleElement()
                .matches(entry -> entry.tag().equals(tag(OLD) + ".sbom")
                        && entry.reason().contains("also needed by " + tag(NEW) + ".sbom"));
        assertThat(registry.requests().count("HEAD", ".*/" + tag(NEW) + ".sbom"))
                .as("not for each of the three that go")
                .isLessThan(3);
    }

    @Test
    void oneManifestUnderTwoTagsStaysAlsoIfTheLastTagOfAnImageIsDeleted() throws Exception {
        start(Quirk.DELETE_BY_DIGEST_ONLY);
        TestImage list = cosign("list=1");
        registry.push("app", tag(OLD) + ".sbom", list);
        registry.push("app", tag(NEW) + ".sbom", list);

        new TagRemoval(ImageReference.tagged(image(), new Tag("v1")), Optional.empty()).run(network.context());

        assertThat(registry.tags("app")).contains(tag(NEW) + ".sbom");
        assertThat(network.notices()).anyMatch(n -> n.startsWith("Not deleted: " + tag(OLD) + ".sbom"));
    }

    @Test
    void theyStayIfTheRegistryRefusesToDeleteTheirImage() throws Exception {
        start();
        registry.onRequest("DELETE", "/v2/app/manifests/v1", Fault.status(403).always());

        PruneReceipt receipt = prune(false);

        assertThat(receipt.refused())
                .singleElement()
                .matches(entry -> entry.tag().equals("v1"));
        assertThat(receipt.attachments()).isEmpty();
        assertThat(registry.tags("app")).contains(tag(OLD) + ".sig");
        assertThat(registry.hasManifest("app", SIGNATURE.digest())).isTrue();
    }

    @Test
    void whatTheRegistryDoesNotDeleteIsSaidBeforeAndAfterAndKeepsNothingElse() throws Exception {
        start();
        registry.onRequest(
                "DELETE", "/v2/app/manifests/sha256:.*", Fault.status(405).always());

        PruneReceipt planned = prune(true);
        assertThat(network.notices()).anyMatch(n -> n.startsWith(SIGNATURE.digest() + " stays: "));
        PruneReceipt receipt = prune(false);

        assertThat(receipt.refused())
                .isEqualTo(planned.refused())
                .hasSize(4)
                .allMatch(entry -> entry.reason().contains("does not delete manifests by digest"));
        assertThat(receipt.attachments()).isEqualTo(planned.attachments()).hasSize(2);
        assertThat(receipt.freed()).isEqualTo(planned.freed());
        assertThat(registry.tags("app")).doesNotContain("v1", tag(OLD) + ".sig");
    }

    @ParameterizedTest
    @CsvSource({"403, it answered 403", "202, is still there", "404, is still there"})
    void oneThatTheRegistryDoesNotDeleteKeepsNoOther(int status, String reason) throws Exception {
        start();
        registry.onRequest(
                "DELETE",
                "/v2/app/manifests/" + SIGNATURE.digest(),
                Fault.status(status).always());

        PruneReceipt receipt = prune(false);

        assertThat(receipt.refused())
                .singleElement()
                .matches(entry -> entry.digest().equals(SIGNATURE.digest())
                        && entry.reason().contains(reason));
        assertThat(registry.hasManifest("app", LIST.digest())).isFalse();
    }

    /** Docker Hub deletes tags only. Reading a manifest there counts as a pull. */
    @Test
    void whatDockerHubListsStaysAndIsSaidWithoutAPull() throws Exception {
        try (InMemoryDockerHub hub =
                InMemoryDockerHub.builder().user("ci", "marked-secret").start()) {
            registry = hub.registry();
            network = TestNetwork.of(hub);
            ImageName image = ImageName.parse("ci/app");
            registry.push("ci/app", "v1", OLD);
            registry.push("ci/app", "v2", NEW);
            registry.push("ci/app", SIGNATURE);
            registry.push("ci/app", OF_NEW);
            registry.push("ci/app", OF_PLATFORM);
            registry.push("ci/app", tag(OLD) + ".sig", cosign("old=1"));
            RegistryAuthentication.Basic login = new RegistryAuthentication.Basic("ci", "marked-secret");

            PruneReceipt planned =
                    new PruneRequest(image, policy(), 100, true).with(login).run(network.context());
            assertThat(registry.requests().all("GET", ".*/manifests/sha256:.*"))
                    .as("only what the tag of a signature points to")
                    .hasSize(1);
            PruneReceipt done =
                    new PruneRequest(image, policy(), 100, false).with(login).run(network.context());

            assertThat(done.refused())
                    .isEqualTo(planned.refused())
                    .extracting(PruneReceipt.Entry::digest)
                    .containsExactlyInAnyOrder(SIGNATURE.digest(), OF_PLATFORM.digest());
            assertThat(registry.tags("ci/app")).containsExactly("v2");

            registry.requests().clear();
            new TagRemoval(ImageReference.tagged(image, new Tag("v2")), Optional.empty())
                    .with(login)
                    .run(network.context());
            assertThat(network.notices()).anyMatch(n -> n.startsWith("Not deleted: " + OF_NEW.digest()));
        }
    }

    @ParameterizedTest
    @MethodSource("registries")
    void orphansGoWhenToldSo(Quirk[] quirks) throws Exception {
        start(quirks);
        TestImage gone = TestImage.oci(50);
        TestImage orphan = referrer(51, gone, BUNDLE);
        registry.push("app", orphan);
        registry.push("app", tag(gone), fallback(orphan));
        registry.push("app", tag(gone) + ".sig", cosign("gone=1"));

        assertThat(prune(false).attachments()).noneMatch(entry -> entry.reason().contains("is gone"));
        PruneRequest request = new PruneRequest(image(), RetentionPolicy.keepingAll(), 100, true).withOrphans();
        PruneReceipt planned = request.run(network.context());
        PruneReceipt done = new PruneRequest(image(), RetentionPolicy.keepingAll(), 100, false)
                .withOrphans()
                .run(network.context());

        assertThat(planned.attachments())
                .isEqualTo(done.attachments())
                .hasSize(3)
                .allMatch(entry -> entry.reason().contains("which no longer exists"));
        assertThat(registry.tags("app")).contains("v2").doesNotContain(tag(gone), tag(gone) + ".sig");
        assertThat(registry.hasManifest("app", orphan.digest())).isFalse();
        assertThat(registry.hasManifest("app", OF_NEW.digest())).isTrue();
        assertThat(done.asMap().get("attachments"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .allMatch(entry -> ((Map<?, ?>) entry).containsKey("tag"));
    }
}
