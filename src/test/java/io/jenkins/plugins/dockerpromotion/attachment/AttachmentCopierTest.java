package io.jenkins.plugins.dockerpromotion.attachment;

import static io.jenkins.plugins.dockerpromotion.testing.Attachment.cosign;
import static io.jenkins.plugins.dockerpromotion.testing.Attachment.fallback;
import static io.jenkins.plugins.dockerpromotion.testing.Attachment.index;
import static io.jenkins.plugins.dockerpromotion.testing.Attachment.referrer;
import static io.jenkins.plugins.dockerpromotion.testing.Attachment.tag;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the attachments that a promotion to another registry copies with the image. */
class AttachmentCopierTest {

    private static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
    private static final String SBOM = "application/spdx+json";

    private static final TestImage AMD64 = TestImage.oci(1).withPlatform("linux", "amd64");
    private static final TestImage ARM64 = TestImage.oci(2).withPlatform("linux", "arm64");
    private static final TestImage IMAGE = TestImage.ociIndex(AMD64, ARM64);
    private static final TestImage SIGNATURE = referrer(11, IMAGE, BUNDLE);
    private static final TestImage OF_PLATFORM = referrer(12, ARM64, BUNDLE);
    private static final TestImage LIST = referrer(13, IMAGE, SBOM);
    private static final TestImage OF_LIST = referrer(14, LIST, BUNDLE);

    private final List<InMemoryRegistry> servers = new ArrayList<>();
    private TestNetwork network;
    private boolean sourceLists;
    private InMemoryRegistry from;
    private InMemoryRegistry to;

    @AfterEach
    void closeServers() {
        servers.forEach(InMemoryRegistry::close);
    }

    private void start(boolean sourceListsReferrers, boolean targetLists) {
        sourceLists = sourceListsReferrers;
        from = registry(sourceLists);
        to = registry(targetLists);
        network = TestNetwork.of(from, to);
        from.push("app", "1.0", IMAGE);
    }

    private InMemoryRegistry registry(boolean listsReferrers) {
        Quirk[] quirks = listsReferrers ? new Quirk[0] : new Quirk[] {Quirk.NO_REFERRERS_API};
        servers.add(InMemoryRegistry.builder().with(quirks).start());
        return servers.get(servers.size() - 1);
    }

    private PromotionReceipt promote() throws Exception {
        return promote(new PromotionRequest.Options(false, true, false));
    }

    private PromotionReceipt promote(PromotionRequest.Options options) throws Exception {
        return PromotionRequest.of(
                        from.image("app"), new Tag("1.0"), to.image("prod/app"), List.of("{tag}", "latest"), options)
                .run(network.context());
    }

    private static int writes(InMemoryRegistry registry) {
        return registry.requests()
                .count(r -> List.of("PUT", "POST", "PATCH", "DELETE").contains(r.method()));
    }

    /** Counts the HEAD requests to the source for tags of signatures, attestations and SBOMs of {@code subject}. */
    private int asked(TestImage subject) {
        return from.requests().count("HEAD", ".*/manifests/" + tag(subject) + "[.].*");
    }

    private Map<String, JsonNode> listed(TestImage subject) throws Exception {
        return listed(to, "prod/app", subject);
    }

    /** Returns the entries of the referrers fallback tag's index, by digest. */
    private static Map<String, JsonNode> listed(InMemoryRegistry registry, String repository, TestImage subject)
            throws Exception {
        Map<String, JsonNode> entries = new LinkedHashMap<>();
        if (registry.hasManifest(repository, tag(subject))) {
            new ObjectMapper()
                    .readTree(registry.manifestBytes(repository, tag(subject)).orElseThrow())
                    .path("manifests")
                    .forEach(entry -> entries.put(entry.path("digest").asText(), entry));
        }
        return entries;
    }

    private JsonNode entryOfTheSource(TestImage subject, TestImage referrer) throws Exception {
        return listed(from, "app", subject).get(referrer.digest());
    }

    private void assertFound(boolean targetLists, TestImage subject, TestImage... referrers) throws Exception {
        for (TestImage referrer : referrers) {
            assertThat(to.hasManifest("prod/app", referrer.digest())).isTrue();
            referrer.blobs()
                    .keySet()
                    .forEach(blob -> assertThat(to.hasBlob("prod/app", blob)).isTrue());
            if (!targetLists && sourceLists) {
                JsonNode entry = listed(subject).get(referrer.digest());
                JsonNode manifest = new ObjectMapper().readTree(referrer.bytes());
                assertThat(entry.path("mediaType").asText()).isEqualTo(referrer.mediaType());
                assertThat(entry.path("size").asInt()).isEqualTo(referrer.size());
                assertThat(entry.path("artifactType")).isEqualTo(manifest.path("artifactType"));
                assertThat(entry.path("annotations")).isEqualTo(manifest.path("annotations"));
            } else if (!targetLists) {
                assertThat(listed(subject).get(referrer.digest())).isEqualTo(entryOfTheSource(subject, referrer));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void carriesWhatRefersToTheImageItsPlatformsAndWhatRefersToThese(boolean sourceLists, boolean targetLists)
            throws Exception {
        start(sourceLists, targetLists);
        from.attach("app", IMAGE, SIGNATURE, LIST);
        from.attach("app", ARM64, OF_PLATFORM);
        from.attach("app", LIST, OF_LIST);
        from.push("app", tag(IMAGE) + ".sig", cosign("image=1"));
        from.push("app", tag(AMD64) + ".att", cosign("amd64=2"));

        PromotionReceipt receipt = promote();

        assertFound(targetLists, IMAGE, SIGNATURE, LIST);
        assertFound(targetLists, ARM64, OF_PLATFORM);
        assertFound(targetLists, LIST, OF_LIST);
        assertThat(to.digestOf("prod/app", tag(IMAGE) + ".sig"))
                .contains(cosign("image=1").digest());
        assertThat(to.digestOf("prod/app", tag(AMD64) + ".att"))
                .contains(cosign("amd64=2").digest());
        assertThat(to.hasManifest("prod/app", tag(IMAGE))).isEqualTo(!targetLists);
        assertThat(receipt.attachments()).isEqualTo(6);
        assertThat(network.notices()).anyMatch(n -> n.startsWith("Copied 6 attachments"));
        assertThat(asked(LIST)).as("cosign's tags for an SBOM").isPositive();
        if (sourceLists) { // the fallback index of these tests has no artifact types
            assertThat(asked(SIGNATURE)).as("cosign's tags for a signature").isZero();
        }
        List<RecordedRequest> puts = to.requests().all("PUT", "/v2/prod/app/manifests/.*");
        assertThat(puts.subList(puts.size() - 2, puts.size()))
                .as("the tags move last")
                .allMatch(put -> put.path().endsWith("/1.0") || put.path().endsWith("/latest"));

        to.requests().clear();
        from.requests().clear();
        assertThat(promote().attachments()).isZero();
        assertThat(writes(to)).isZero();
        assertThat(from.requests().count("GET", ".*/manifests/sha256:.*"))
                .as("nothing is read again that is there")
                .isZero();
    }

    @Test
    void movesNoLayerWithinARegistry() throws Exception {
        start(true, true);
        to = from;
        from.attach("app", IMAGE, SIGNATURE);

        PromotionRequest.of(
                        from.image("app"),
                        new Tag("1.0"),
                        from.image("prod/app"),
                        List.of("{tag}"),
                        new PromotionRequest.Options(false, true, false))
                .run(network.context());

        assertThat(from.hasManifest("prod/app", SIGNATURE.digest())).isTrue();
        assertThat(from.requests().blobBytesDown() + from.requests().blobBytesUp())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void carriesWhatIsNewThoughNoTagMoves(boolean sourceLists, boolean targetLists) throws Exception {
        start(sourceLists, targetLists);
        from.attach("app", IMAGE, SIGNATURE);
        from.push("app", tag(IMAGE) + ".sig", cosign("image=1"));
        promote();
        TestImage second = referrer(15, IMAGE, BUNDLE);
        from.attach("app", IMAGE, SIGNATURE, second);
        from.push("app", tag(IMAGE) + ".sig", cosign("image=1", "image=2"));

        PromotionReceipt receipt = promote();

        assertThat(receipt.targets()).noneMatch(PromotionReceipt.Target::changed);
        assertThat(receipt.attachments()).isEqualTo(2);
        assertFound(targetLists, IMAGE, SIGNATURE, second);
        assertThat(to.digestOf("prod/app", tag(IMAGE) + ".sig"))
                .contains(cosign("image=1", "image=2").digest());
        assertThat(network.notices()).anyMatch(n -> n.startsWith("Copied 2 attachments"));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void promotesNothingIfARegistryIsInTrouble(int status) {
        start(true, true);
        from.push("app", SIGNATURE);
        from.onRequest("GET", "/v2/app/referrers/.*", Fault.status(status).always());

        assertThatThrownBy(this::promote).isInstanceOf(RegistryException.class);

        assertThat(to.tags("prod/app")).isEmpty();
    }

    @Test
    void saysWhichListedReferrerIsGoneAndCarriesTheOthers() throws Exception {
        start(false, false);
        from.attach("app", IMAGE, SIGNATURE);
        from.push("app", tag(IMAGE), fallback(LIST, SIGNATURE));

        assertThat(promote().attachments()).isEqualTo(1);

        assertFound(false, IMAGE, SIGNATURE);
        assertThat(listed(IMAGE)).containsOnlyKeys(SIGNATURE.digest());
        assertThat(network.notices()).anyMatch(n -> n.startsWith("Not copied: " + LIST.digest()));
        assertThat(to.tags("prod/app")).contains("1.0", "latest");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 405, 415, 422})
    void promotesWithCosignsTagsWhereAManifestWithASubjectIsRefused(int status) throws Exception {
        start(true, false);
        from.attach("app", IMAGE, SIGNATURE);
        from.push("app", tag(IMAGE) + ".sig", cosign("image=1"));
        to.onRequest(
                "PUT",
                "/v2/prod/app/manifests/" + SIGNATURE.digest(),
                Fault.error(status, "MANIFEST_INVALID", "unknown field subject").always());

        assertThat(promote().attachments()).isEqualTo(1);

        assertThat(to.tags("prod/app")).containsExactly("1.0", "latest", tag(IMAGE) + ".sig");
        assertThat(network.notices())
                .anyMatch(n -> n.startsWith("Not copied: ") && n.contains(SIGNATURE.digest()) && n.contains("subject"));
    }

    @Test
    void promotesNothingWhereARequiredReferrerIsRefused() {
        start(true, false);
        from.attach("app", IMAGE, SIGNATURE);
        to.onRequest(
                "PUT",
                "/v2/prod/app/manifests/" + SIGNATURE.digest(),
                Fault.status(400).always());

        assertThatThrownBy(() -> promote(new PromotionRequest.Options(false, true, true, false)))
                .isInstanceOf(RegistryException.class)
                .hasMessageContainingAll("Cannot copy all attachments of", SIGNATURE.digest(), "400");
        assertThat(to.tags("prod/app")).doesNotContain("1.0", "latest");
    }

    @Test
    void mergesTheListsOfBothSides() throws Exception {
        start(false, false);
        from.attach("app", IMAGE, SIGNATURE);
        TestImage there = referrer(17, IMAGE, BUNDLE);
        to.push("prod/app", there);
        Map<String, Object> entry = Map.of(
                "mediaType", there.mediaType(),
                "digest", there.digest(),
                "size", there.size(),
                "artifactType", "application/x.other",
                "annotations", Map.of("a", "b"),
                "data", "eyJ9");
        to.push("prod/app", tag(IMAGE), index(List.of(entry)));

        assertThat(promote().attachments()).isEqualTo(1);

        assertThat(listed(IMAGE)).containsOnlyKeys(there.digest(), SIGNATURE.digest());
        assertThat(listed(IMAGE).get(there.digest())).isEqualTo(new ObjectMapper().valueToTree(entry));
    }

    @Test
    void mergesAgainIfAnotherClientWritesTheListAtTheSameMoment() throws Exception {
        start(false, false);
        from.attach("app", IMAGE, SIGNATURE);
        TestImage other = referrer(18, IMAGE, BUNDLE);
        AtomicBoolean once = new AtomicBoolean();
        String fallbackTag = "/v2/prod/app/manifests/" + tag(IMAGE);
        to.onRequest(
                RecordedRequest.matching("GET", fallbackTag).and(get -> {
                    boolean written = to.requests()
                                    .count(put -> put.method().equals("PUT")
                                            && put.path().equals(fallbackTag)
                                            && put.status() == 201)
                            > 0;
                    if (written && once.compareAndSet(false, true)) {
                        to.push("prod/app", other);
                        to.push("prod/app", tag(IMAGE), fallback(other));
                    }
                    return false;
                }),
                Fault.status(500));

        promote();

        assertThat(listed(IMAGE)).containsOnlyKeys(other.digest(), SIGNATURE.digest());
    }

    /** The other client writes while the image is copied, which can take minutes. */
    @Test
    void keepsWhatAnotherClientAddsToTheListMeanwhile() throws Exception {
        start(true, false);
        from.attach("app", IMAGE, SIGNATURE);
        TestImage other = referrer(18, IMAGE, BUNDLE);
        to.onRequest(
                RecordedRequest.matching("PUT", "/v2/prod/app/manifests/" + SIGNATURE.digest())
                        .and(put -> {
                            to.push("prod/app", other);
                            to.push("prod/app", tag(IMAGE), fallback(other));
                            return false;
                        }),
                Fault.status(500));

        promote();

        assertThat(listed(IMAGE)).containsOnlyKeys(other.digest(), SIGNATURE.digest());
    }

    @Test
    void mergesCosignsSignaturesOfBothSides() throws Exception {
        start(true, true);
        from.push("app", tag(IMAGE) + ".sig", cosign("image=1", "other=3"));
        to.push("prod/app", tag(IMAGE) + ".sig", cosign("image=2", "image=1"));

        assertThat(promote().attachments()).isEqualTo(1);

        assertThat(to.digestOf("prod/app", tag(IMAGE) + ".sig"))
                .contains(cosign("image=2", "image=1", "other=3").digest());
        assertThat(promote().attachments()).isZero();
    }

    @Test
    void leavesWhatCannotBeMergedAndSaysSo() throws Exception {
        start(true, true);
        from.push("app", tag(IMAGE) + ".sig", cosign("image=1"));
        from.push("app", tag(IMAGE) + ".sbom", cosign("list=1"));
        to.push("prod/app", tag(IMAGE) + ".sig", TestImage.docker(9));
        to.push("prod/app", tag(IMAGE) + ".sbom", cosign("list=2"));

        assertThat(promote().attachments()).isZero();

        assertThat(to.digestOf("prod/app", tag(IMAGE) + ".sig"))
                .contains(TestImage.docker(9).digest());
        assertThat(network.notices())
                .filteredOn(n -> n.startsWith("Not copied: Cannot merge"))
                .hasSize(2);
    }

    @Test
    void takesATagThatIsTheImageItselfForNoList() throws Exception {
        start(false, false);
        from.push("app", tag(IMAGE), IMAGE);
        from.push("app", tag(IMAGE) + ".sig", IMAGE);
        from.push("app", tag(AMD64), TestImage.ociIndex(ARM64));
        from.push("app", tag(ARM64), fallback(TestImage.oci(30)));
        from.push("app", TestImage.oci(30));

        assertThat(promote().attachments()).isZero();

        assertThat(to.tags("prod/app")).containsExactly("1.0", "latest");
    }

    @Test
    void doesNotTakeAwayATagThatIsUsedForSomethingElse() throws Exception {
        start(true, false);
        from.push("app", SIGNATURE);
        to.push("prod/app", tag(IMAGE), TestImage.oci(31));

        assertThat(promote().attachments()).as("nobody finds it").isZero();

        assertThat(to.digestOf("prod/app", tag(IMAGE)))
                .contains(TestImage.oci(31).digest());
        assertThat(network.notices()).anyMatch(n -> n.startsWith("Not copied: Cannot list the attachments of"));
    }

    @Test
    void plansOnlyInADryRun() throws Exception {
        start(true, false);
        from.attach("app", IMAGE, SIGNATURE, LIST);

        PromotionReceipt receipt = promote(new PromotionRequest.Options(false, true, true));

        assertThat(receipt.attachments()).isEqualTo(2);
        assertThat(writes(to)).isZero();
        assertThat(network.notices()).anyMatch(n -> n.startsWith("Would copy 2 attachments"));
    }

    @Test
    void carriesNothingIfToldSo() throws Exception {
        start(true, true);
        from.attach("app", IMAGE, SIGNATURE);

        assertThat(promote(new PromotionRequest.Options(false, false, false)).attachments())
                .isZero();

        assertThat(to.hasManifest("prod/app", SIGNATURE.digest())).isFalse();
        assertThat(from.requests().count("GET", ".*/referrers/.*")).isZero();
    }
}
