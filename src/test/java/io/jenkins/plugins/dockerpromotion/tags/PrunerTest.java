package io.jenkins.plugins.dockerpromotion.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.SimulatedTime;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrunerTest {

    private static final Basic CI = new Basic("ci", "marked-secret");
    private static final String APP = "group/app";
    private static final String SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    private final SimulatedTime time = new SimulatedTime();
    private InMemoryRegistry registry;
    private TestNetwork network;

    @AfterEach
    void close() {
        if (registry != null) {
            registry.close();
        }
    }

    private static InMemoryRegistry.Builder gitLab() {
        return InMemoryRegistry.builder()
                .bearer()
                .tokenPath("/jwt/auth")
                .service("container_registry")
                .user("ci", "marked-secret");
    }

    private void open(InMemoryRegistry.Builder builder) {
        close();
        registry = builder.clock(time::now).start();
        network = TestNetwork.of(registry);
    }

    /** Starts a registry with the builds 1 to {@code last}. */
    private void open(int last, Quirk... quirks) {
        open(gitLab().with(quirks));
        push(last);
    }

    /** Pushes builds 1 to {@code last}, each a day newer than the one before. The last one was created today. */
    private void push(int last) {
        IntStream.rangeClosed(1, last).forEach(build -> registry.push(APP, tag(build), image(build, last)));
    }

    private TestImage image(int build, int last) {
        return TestImage.oci(build).withCreated(time.now().minus(Duration.ofDays(last - build)));
    }

    private static String tag(int build) {
        return "2019.20." + build;
    }

    private static List<String> tags(int... builds) {
        return IntStream.of(builds).mapToObj(PrunerTest::tag).toList();
    }

    private RetentionPolicy policy(Integer keep, Integer days) {
        return new RetentionPolicy(
                Optional.of(TagPattern.of("{year}.{week}.{build}")),
                keep == null ? OptionalInt.empty() : OptionalInt.of(keep),
                days == null ? OptionalInt.empty() : OptionalInt.of(days),
                List.of("latest"));
    }

    /** Prunes all but the newest build. */
    private PruneReceipt prune() throws Exception {
        return prune(policy(1, null), Integer.MAX_VALUE, false);
    }

    private PruneReceipt plan() throws Exception {
        return prune(policy(1, null), Integer.MAX_VALUE, true);
    }

    private PruneReceipt prune(RetentionPolicy policy, int maxDelete, boolean dryRun) throws Exception {
        return new PruneRequest(registry.image(APP), policy, maxDelete, dryRun)
                .with(CI)
                .run(network.context(time));
    }

    private static List<String> names(List<PruneReceipt.Entry> entries) {
        return entries.stream().map(PruneReceipt.Entry::tag).toList();
    }

    private static void assertDeleted(PruneReceipt receipt, int... builds) {
        assertThat(names(receipt.deleted())).containsExactlyInAnyOrderElementsOf(tags(builds));
    }

    private void assertLeft(List<String> builds, String... others) {
        assertThat(registry.tags(APP))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(builds.stream(), Stream.of(others)).toList());
    }

    /** Checks the reason why this tag was kept. */
    private static void assertStays(List<PruneReceipt.Entry> entries, String tag, String reason) {
        assertThat(entries)
                .filteredOn(entry -> entry.tag().equals(tag))
                .singleElement()
                .extracting(PruneReceipt.Entry::reason, InstanceOfAssertFactories.STRING)
                .contains(reason);
    }

    private int deletions() {
        return registry.requests().count("DELETE", ".*");
    }

    @Test
    void saysWhatWouldGoAndDeletesNothing() throws Exception {
        open(4);
        registry.tag(APP, "latest", tag(1));
        registry.tag(APP, "sha256-" + "a".repeat(64) + ".sig", tag(1));

        PruneReceipt receipt = prune(policy(2, 1), 1, true);

        assertThat(names(receipt.deleted())).isEqualTo(tags(2, 1));
        assertThat(names(receipt.kept())).isEqualTo(tags(4, 3));
        assertThat(receipt.dryRun()).isTrue();
        assertThat(receipt.freed()).isPositive();
        assertThat(registry.tags(APP)).hasSize(6);
        assertThat(deletions())
                .as("of what does not exist, to find out how this registry deletes")
                .isEqualTo(1);
        assertThat(network.notices())
                .contains("TAG        AGE    SIZE  WHAT    WHY")
                .anyMatch(line -> line.matches("2019.20.4    -       -  keep    one of the newest 2"))
                .anyMatch(line -> line.matches(
                        "2019.20.1  3 d  [0-9.]+ kB  delete  older than 1 day and not one of the newest 2"))
                .contains("Ignored: 1 tags that do not match the pattern")
                .contains("Ignored: 1 tags of signatures and attestations (sha256-…)");
    }

    @ParameterizedTest
    @EnumSource(names = {"GITLAB_TAG_DELETE", "NO_REFERRERS_API"})
    void deletesOnGitLabByTagInBothItsWays(Quirk quirk) throws Exception {
        open(5, quirk);
        registry.tag(APP, "latest", tag(1));

        assertDeleted(prune(), 1, 2, 3, 4);
        assertLeft(tags(5), "latest");
    }

    @Test
    void asksNothingOfWhatStaysByItsName() throws Exception {
        open(10);

        prune(policy(8, null), 9, false);

        // The requests: the tag list; for each tag to delete a manifest, a configuration, a check and a deletion. The
        // manifest of the first one is read again before its deletion. Afterwards it, its tag and all other tags are
        // checked. The registry is first asked whether it lists referrers. Then the manifest of each tag to delete is
        // read for its parts. The tags of possible referrer lists are looked up by HEAD, once HEAD has proved reliable.
        assertThat(registry.requests().count("GET", "/v2/.*/tags/list"))
                .as("challenge, list, after the first deletion, and at the end")
                .isEqualTo(4);
        assertThat(registry.requests().count("GET", "/v2/.*/(manifests|blobs)/.*"))
                .isEqualTo(2 * 2 + 1 + 2);
        assertThat(registry.requests().count("HEAD", "/v2/.*")).isEqualTo(2 + 2 + 3 + 1);
        assertThat(deletions()).isEqualTo(2);
    }

    @Test
    void takesEverythingFromDockerHubsList() throws Exception {
        try (InMemoryDockerHub hub =
                InMemoryDockerHub.builder().user("ci", "marked-secret").start()) {
            TestNetwork dockerHub = TestNetwork.of(hub);
            String image = "technolog/serviceone";
            hub.registry()
                    .addTags(
                            image,
                            TestImage.docker(1),
                            tags(IntStream.range(0, 350).toArray()));
            PruneRequest dry = new PruneRequest(ImageName.parse(image), policy(347, null), Integer.MAX_VALUE, true);

            assertThat(dry.with(CI).run(dockerHub.context()).deleted()).hasSize(3);
            assertThat(hub.requests().count()).as("login and four pages").isEqualTo(5);
            assertThat(hub.registry().requests().count()).isZero();

            hub.requests().clear();
            PruneRequest wet = new PruneRequest(dry.image(), dry.policy(), Integer.MAX_VALUE, false);
            assertDeleted(wet.with(CI).run(dockerHub.context()), 0, 1, 2);
            assertThat(hub.requests().count())
                    .as("one login for four pages and three deletions")
                    .isEqualTo(8);
            assertThat(hub.registry().tags(image)).hasSize(347);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE_SWITCHED_OFF_405", "DELETE_UNSUPPORTED_400"})
    void stopsAtOnceWhereDeletionIsSwitchedOff(Quirk quirk) throws Exception {
        open(20, quirk);

        PruneReceipt plan = plan();
        assertThat(plan.deleted()).isEmpty();
        assertThat(plan.freed()).isZero();
        assertThat(plan.refused()).hasSize(19).allMatch(e -> e.reason().contains("deletion is disabled"));
        registry.requests().clear();
        assertThatThrownBy(this::prune)
                .hasMessageContaining("deletion is disabled")
                .hasMessageEndingWith("nothing was deleted");
        assertThat(deletions()).isLessThanOrEqualTo(3);
    }

    @Test
    void saysWhatWasDeletedBeforeItFailed() throws Exception {
        open(3);
        registry.onRequest("DELETE", ".*/2019.20.2", Fault.status(500).always());

        assertThatThrownBy(this::prune)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("500")
                .hasMessageEndingWith("deleted before: 2019.20.1; may be deleted: 2019.20.2");
        // A second run continues where the first one stopped.
        registry.clearFaults();
        assertDeleted(prune(), 2);
    }

    @Test
    void deletesNothingWhenTheListIsIncomplete() {
        open(gitLab().with(Quirk.REPEATS_A_PAGE).maxPageSize(5));
        push(12);

        assertThatThrownBy(this::prune).hasMessageContaining("nothing is done without a complete list");
        assertThat(deletions()).isZero();
    }

    @Test
    void deletesNothingWhenMoreWouldGoThanAllowed() throws Exception {
        open(5);

        assertThatThrownBy(() -> prune(policy(1, null), 3, false))
                .hasMessageContaining("4 tags would be deleted, but 'maxDelete' allows 3");
        assertThat(registry.tags(APP)).hasSize(5);
        assertThat(prune(policy(1, null), 4, false).deleted()).hasSize(4);
    }

    @Test
    void outlivesItsTokensAndSaysHowFarItIs() throws Exception {
        open(gitLab().tokenLifetime(Duration.ofMinutes(5)));
        push(361);
        // Each deletion takes five seconds, so the whole prune takes half an hour.
        registry.before("DELETE", ".*", request -> time.advance(Duration.ofSeconds(5)));

        assertThat(prune().deleted()).hasSize(360);
        assertLeft(tags(361));
        assertThat(registry.requests().count("GET", "/jwt/auth")).isGreaterThanOrEqualTo(6);
        assertThat(network.notices()).anyMatch(line -> line.matches("deleted [0-9]+ of 360 tags"));
    }

    @Test
    void keepsWhatHasAMadeUpDate() throws Exception {
        open(gitLab());
        registry.push(APP, tag(1), TestImage.oci(1).withCreated(Instant.EPOCH));
        registry.push(APP, tag(2), image(2, 11));

        assertDeleted(prune(policy(null, 5), 9, false), 2);
    }

    // Kept tags keep their digests

    /** Matches reads of the tag after the plan was made. */
    private Predicate<RecordedRequest> checks(String tag) {
        return r -> r.path().endsWith("/manifests/" + tag)
                && (r.method().equals("HEAD") || r.method().equals("GET") && deletions() > 0);
    }

    @Test
    void keepsATagThatMovedSinceThePlanWasMade() throws Exception {
        open(3);
        registry.beforeFirst(checks(tag(1)), () -> registry.tag(APP, tag(1), tag(3)));

        PruneReceipt receipt = prune();

        assertDeleted(receipt, 2);
        assertLeft(tags(1, 3));
        assertStays(receipt.kept(), tag(1), "moved in the meantime");
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE_BY_DIGEST_ONLY, 1, 3",
        "DELETE_BY_DIGEST_ONLY, 2, 3",
        "DELETE_BY_DIGEST_ONLY, 3, 2",
        "DELETE_BY_TAG_INVALID, 1, 3",
        "DELETE_BY_TAG_INVALID, 2, 3",
        "DELETE_BY_TAG_INVALID, 3, 2"
    })
    void aTagThatMovedToADigestThatWasToGoKeepsIt(Quirk quirk, int moved, int other) throws Exception {
        open(4, quirk);
        registry.beforeFirst(checks(tag(moved)), () -> registry.tag(APP, tag(moved), tag(other)));

        PruneReceipt receipt = prune();

        assertThat(registry.digestOf(APP, tag(moved))).isPresent();
        assertThat(names(receipt.kept())).contains(tag(moved), tag(4));
        assertThat(names(receipt.deleted())).doesNotContain(tag(moved)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE_BY_DIGEST_ONLY", "DELETE_BY_TAG_INVALID", "NO_REFERRERS_API"})
    void aTagThatHasVanishedTellsNothingOfTheRegistry(Quirk quirk) throws Exception {
        open(4, quirk);
        registry.beforeFirst(checks(tag(1)), () -> registry.deleteTag(APP, tag(1)));

        PruneReceipt receipt = prune();

        assertStays(receipt.deleted(), tag(1), "already deleted");
        assertDeleted(receipt, 1, 2, 3);
        assertLeft(tags(4));
    }

    /** A gateway may return each manifest with the media type of an image. */
    @ParameterizedTest
    @CsvSource({"DELETE_BY_DIGEST_ONLY, false", "DELETE_BY_DIGEST_ONLY, true", "DELETE_BY_TAG_INVALID, true"})
    void aPartOfAnIndexThatStaysIsKept(Quirk quirk, boolean gateway) throws Exception {
        open(3, quirk);
        registry.push(APP, "stable", TestImage.ociIndex(TestImage.ociIndex(image(1, 3))));
        if (gateway) {
            registry.onRequest(
                    "HEAD",
                    ".*/manifests/.*",
                    Fault.replaceHeader("Content-Type", TestImage.OCI_MANIFEST).always());
        }

        PruneReceipt receipt = prune();

        assertDeleted(receipt, 2);
        assertStays(receipt.kept(), tag(1), "also needed by stable");
        assertLeft(tags(1, 3), "stable");
    }

    // A dry run equals the real run without its writes

    @ParameterizedTest
    @EnumSource(names = {"NO_REFERRERS_API", "GITLAB_TAG_DELETE", "DELETE_BY_DIGEST_ONLY", "DELETE_BY_TAG_INVALID"})
    void aDryRunListsWhatTheRealRunDeletes(Quirk quirk) throws Exception {
        open(5, quirk);
        registry.tag(APP, "stable", tag(1));
        registry.tag(APP, tag(0), tag(2));

        PruneReceipt plan = plan();
        assertThat(registry.tags(APP)).hasSize(7);
        PruneReceipt done = prune();

        assertThat(names(plan.deleted())).containsExactlyInAnyOrderElementsOf(names(done.deleted()));
        assertThat(names(plan.kept())).containsExactlyInAnyOrderElementsOf(names(done.kept()));
        assertThat(plan.freed()).isEqualTo(done.freed());
        assertThat(registry.tags(APP)).contains("stable", tag(5)).doesNotContain(tag(2));
        if (quirk.name().startsWith("DELETE_BY_")) {
            assertStays(done.kept(), tag(1), "also needed by stable");
        }
    }

    @Test
    void fourTagsOfOneDigestFreeNothingWhereOnlyDigestsCanBeDeleted() throws Exception {
        open(gitLab().with(Quirk.DELETE_BY_TAG_INVALID));
        registry.addTags(APP, TestImage.oci(1), tags(1, 2, 3, 4));

        for (PruneReceipt receipt : List.of(plan(), prune())) {
            assertThat(receipt.deleted()).isEmpty();
            assertThat(receipt.kept()).hasSize(4);
            assertThat(receipt.freed()).isZero();
        }
        assertThat(network.notices()).anyMatch(line -> line.matches("2019.20.1 .* keep .* also needed by 2019.20.4"));
        registry.push(APP, tag(5), TestImage.oci(5));
        assertDeleted(prune(), 1, 2, 3, 4);
    }

    @Test
    void aDryRunSaysWhatCannotBeKnown() throws Exception {
        open(3);
        registry.access().allow("ci", "group/*", "pull");

        assertThat(plan().deleted()).hasSize(2);
        assertThat(network.notices())
                .anyMatch(line -> line.contains("Unknown without deleting, or with these credentials"));
    }

    // Unusual tags and responses

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                SCHEMA_1 + ", `{\"schemaVersion\":1,\"name\":\"app\",\"fsLayers\":[]}`, schema 1",
                "application/json, no JSON, not a JSON object"
            })
    void anOddImageStaysAndTheRestGoes(String mediaType, String odd, String reason) throws Exception {
        open(4);
        registry.push(APP, tag(2), TestImage.raw(mediaType, odd));

        PruneReceipt receipt = prune(policy(1, 1), 9, false);

        assertDeleted(receipt, 1);
        assertStays(receipt.kept(), tag(2), reason);
    }

    @Test
    void theDigestOfAnOddTagOfAnotherFormIsEnough() throws Exception {
        open(2, Quirk.DELETE_BY_DIGEST_ONLY);
        registry.push(APP, "old", TestImage.raw(SCHEMA_1, "{\"schemaVersion\":1,\"name\":\"app\",\"fsLayers\":[]}"));

        assertDeleted(prune(), 1);
        assertLeft(tags(2), "old");
    }

    @Test
    void aRegistryInTroubleIsNotAskedForEachTag() {
        open(40);
        registry.onRequest(
                "GET", "/v2/group/app/manifests/.*", Fault.status(500).always());

        assertThatThrownBy(this::prune).isInstanceOf(RegistryException.class).hasMessageContaining("500");
    }

    private void block(String reference, int status) {
        registry.onRequest(
                "GET|HEAD",
                "/v2/group/app/manifests/" + reference,
                Fault.error(status, "DENIED", "blocked by a scan policy").always());
    }

    /** A 403 for one tag does not mean that the credentials are wrong. */
    @ParameterizedTest
    @CsvSource({"403, other tags can be read", "412, ''", "451, ''", "500, ''"})
    void aTagThatTheRegistryBlocksStaysAndTheRestGoes(int status, String advice) throws Exception {
        open(4);
        block(tag(2), status);

        String answer = "it answered " + status + " (DENIED: blocked by a scan policy)";
        for (PruneReceipt receipt : List.of(plan(), prune())) {
            assertDeleted(receipt, 1, 3);
            assertThat(receipt.kept())
                    .filteredOn(e -> e.tag().equals(tag(2)))
                    .singleElement()
                    .satisfies(e -> assertThat(e.reason())
                            .contains("/group/app:2019.20.2 on ", answer, advice)
                            .doesNotContain("password", "\n"));
        }
        assertLeft(tags(2, 4));
        assertThat(network.notices()).anyMatch(line -> line.startsWith(tag(2) + " ") && line.contains(answer));
    }

    @Test
    void manyBlockedTagsStayAndTheRestGoes() throws Exception {
        open(40);
        block("2019.20.[123]\\d", 403);

        assertDeleted(prune(), 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void aTagThatIsGoneIsNoObstacle() throws Exception {
        open(4);
        block(tag(2), 404);

        assertDeleted(prune(), 1, 3);
    }

    @Test
    void anAttachmentThatIsBlockedDoesNotStopThePrune() throws Exception {
        open(3);
        String signature = ImageSigner.tag(registry.digestOf(APP, tag(1)).orElseThrow(), ".sig");
        registry.push(APP, signature, TestImage.oci(7));
        block("sha256-.*", 403);

        assertDeleted(prune(), 1, 2);
        assertLeft(tags(3), signature);
    }

    /** Azure's response for a locked tag. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aLockedTagStaysAndTheRestGoes(int locked) throws Exception {
        open(4);
        String said = "The operation is disallowed on this registry, repository or image.";
        registry.onRequest(
                "DELETE",
                ".*/" + tag(locked),
                Fault.error(405, "REGISTRY_DISALLOWED_OPERATION", said).always());

        assertThat(names(prune().deleted())).hasSize(2).doesNotContain(tag(locked));
        assertLeft(tags(locked, 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 405, 409, 412, 422, 423, 451})
    void aLaterTagThatIsRefusedStaysAndTheRestGoes(int status) throws Exception {
        open(4);
        registry.onRequest(
                "DELETE",
                ".*/2019.20.2",
                Fault.error(status, "DENIED", "protected").always());

        PruneReceipt receipt = prune();

        assertDeleted(receipt, 1, 3);
        assertStays(receipt.refused(), tag(2), "protected");
    }

    /** The registry ignores deletions from the n-th tag on. */
    @ParameterizedTest
    @CsvSource({"1, 202", "1, 204", "2, 202", "3, 202"})
    void aDeletionThatIsAcceptedAndNotCarriedOutIsNoDeletion(int n, int status) throws Exception {
        open(4);
        AtomicInteger deletions = new AtomicInteger();
        registry.onRequest(
                r -> r.method().equals("DELETE") && deletions.incrementAndGet() >= n,
                Fault.status(status).always());

        if (n == 1) {
            assertThatThrownBy(this::prune)
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("the registry accepted this, but the tag is still there")
                    .hasMessageContaining("nothing was deleted");
        } else {
            PruneReceipt receipt = prune();
            assertThat(receipt.deleted()).hasSize(n - 1);
            assertThat(receipt.refused())
                    .hasSize(4 - n)
                    .allMatch(e -> e.reason().equals("the registry accepted the deletion, but the tag is still there"));
        }
        assertThat(registry.tags(APP)).hasSize(5 - n);
    }

    @Test
    void aRegistryThatDeletesLaterIsWaitedFor() throws Exception {
        open(4);
        List<String> accepted = new CopyOnWriteArrayList<>();
        registry.before("DELETE", ".*", r -> accepted.add(r.path().replaceFirst(".*/", "")));
        registry.onRequest("DELETE", ".*", Fault.status(202).always());
        registry.before("GET|HEAD", ".*", r -> {
            if (!time.pauses().isEmpty()) {
                accepted.forEach(tag -> registry.deleteTag(APP, tag));
            }
        });

        assertDeleted(prune(), 1, 2, 3);
        assertLeft(tags(4));
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_REFERRERS_API", "DELETE_BY_DIGEST_ONLY"})
    void aTagIsGoneOnlyAfterALook(Quirk quirk) throws Exception {
        open(3, quirk);
        registry.onRequest(
                "DELETE",
                ".*/(2019.20.1|" + image(1, 3).digest() + ")",
                Fault.status(404).body("<html>Not Found</html>").always());

        PruneReceipt receipt = prune();

        assertDeleted(receipt, 2);
        assertStays(receipt.refused(), tag(1), "it is still there");
    }

    /** The digest of the tag stays unknown, so it could be any digest. */
    @Test
    void anErrorWithStatus200IsNoManifestThatCanBeDeleted() throws Exception {
        open(3, Quirk.DELETE_BY_DIGEST_ONLY);
        registry.tag(APP, "stable", tag(1));
        registry.onRequest(
                ".*", ".*/manifests/stable", Fault.error(200, "UNAVAILABLE", "").always());

        assertThat(prune().deleted()).isEmpty();
        assertThat(registry.tags(APP)).hasSize(4);
    }

    /**
     * Blocks the tag from its n-th request on, for each n up to one more than the requests of a prune without a fault.
     */
    @ParameterizedTest
    @EnumSource(names = {"DELETE_BY_DIGEST_ONLY", "DELETE_BY_TAG_INVALID"})
    void aTagThatIsBlockedDuringThePruneKeepsItsDigestAndIsTheReason(Quirk quirk) throws Exception {
        int last = 1;
        for (int n = 1; n <= last + 1; n++) {
            open(3, quirk);
            registry.tag(APP, tag(2), tag(1));
            int from = n;
            AtomicInteger seen = new AtomicInteger();
            registry.onRequest(
                    r -> r.path().endsWith("/manifests/2019.20.2") && seen.incrementAndGet() >= from,
                    Fault.status(403).always());

            PruneReceipt receipt = prune();

            last = Math.max(last, seen.get());
            assertLeft(n > seen.get() ? tags(3) : tags(1, 2, 3));
            assertThat(receipt.kept())
                    .filteredOn(e -> e.tag().equals(tag(1)))
                    .allMatch(e -> e.reason().contains("needed by 2019.20.2"));
        }
        assertThat(last).isGreaterThan(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE_BY_DIGEST_ONLY", "DELETE_BY_TAG_INVALID"})
    void whatABlockedTagMayShareStaysWhereOnlyDigestsCanBeDeleted(Quirk quirk) throws Exception {
        open(3, quirk);
        registry.tag(APP, "stable", tag(1));
        block("stable", 403);

        for (PruneReceipt receipt : List.of(plan(), prune())) {
            assertThat(receipt.deleted()).isEmpty();
            for (String tag : tags(1, 2)) {
                assertStays(receipt.kept(), tag, "may also be needed by stable, which cannot be read");
            }
        }
        assertThat(registry.tags(APP)).hasSize(4);
        assertThat(network.notices()).anyMatch(line -> line.contains("stable") && line.contains("403"));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aRegistryThatRefusesEveryImageFailsWithOneLine(int status) {
        open(40);
        registry.tag(APP, "latest", tag(1));
        block(".*", status);

        assertThatThrownBy(this::prune)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("it answered " + status)
                .hasMessageContaining("check the password of 'ci'")
                .hasMessageNotContaining("\n");
        assertThat(deletions()).isZero();
        assertThat(registry.requests().count("GET", "/v2/group/app/manifests/.*"))
                .as("a registry that refuses everything does not get a request for each tag")
                .isLessThan(40);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aListThatIsRefusedFailsWithOneLine(int status) {
        open(2);
        registry.onRequest("GET", ".*/tags/list", Fault.status(status).always());

        assertThatThrownBy(this::prune)
                .hasMessageContaining("it answered " + status)
                .hasMessageContaining("check the password of 'ci'");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429})
    void credentialsThatAreRejectedAndARateLimitStopThePruneBeforeItDeletes(int status) {
        open(4);
        block(tag(2), status);

        assertThatThrownBy(this::prune).hasMessageContaining("it answered " + status);
        assertThat(deletions()).isZero();
    }

    // Registries that delete more than requested

    @Test
    void whatARegistryDeletesTogetherWithATagIsPutBack() throws Exception {
        open(4, Quirk.DELETE_BY_TAG_TAKES_ALL);
        registry.tag(APP, "latest", tag(1));
        registry.tag(APP, "stable", tag(2));
        byte[] latest = registry.manifestBytes(APP, "latest").orElseThrow();

        PruneReceipt receipt = prune();

        assertDeleted(receipt, 1, 3);
        assertLeft(tags(2, 4), "latest", "stable");
        assertThat(registry.manifestBytes(APP, "latest")).contains(latest);
        assertStays(receipt.kept(), tag(2), "also needed by stable");
        assertThat(network.notices())
                .anyMatch(
                        line -> line.startsWith("Put back latest, which the registry deleted together with 2019.20.1"));
    }

    @Test
    void whatARegistryDeletesTogetherWithALaterTagIsPutBackToo() throws Exception {
        open(5, Quirk.DELETE_BY_TAG_TAKES_ALL);
        registry.tag(APP, "latest", tag(3));

        assertDeleted(prune(), 1, 2, 3, 4);
        assertLeft(tags(5), "latest");
    }

    @Test
    void aPartOfABlockedIndexIsPutBack() throws Exception {
        open(3, Quirk.DELETE_BY_TAG_TAKES_ALL);
        registry.push(APP, "multi", TestImage.ociIndex(image(1, 3), TestImage.oci(7)));
        block("multi", 403);

        assertThat(prune().deleted()).hasSize(1);
        assertThat(registry.hasManifest(APP, image(1, 3).digest())).isTrue();
        assertThat(registry.tags(APP)).contains("multi", tag(3));
    }

    /** The response to the first deletion is lost. */
    @Test
    void putsBackWhatWentWithATagWhoseAnswerWasLost() throws Exception {
        open(4, Quirk.DELETE_BY_TAG_TAKES_ALL);
        registry.tag(APP, "latest", tag(1));
        registry.onRequest("DELETE", ".*", Fault.loseAnswer());

        assertDeleted(prune(policy(2, null), 9, false), 1, 2);
        assertLeft(tags(3, 4), "latest");
    }

    /** A cache in front of the registry still serves the deleted manifests. */
    @Test
    void aPruneStopsWhereTagsVanishThatWereToStay() {
        open(4, Quirk.DELETE_BY_TAG_TAKES_ALL);
        registry.tag(APP, "latest", tag(1));
        registry.tag(APP, "stable", tag(2));
        TestImage first = image(1, 4);
        registry.onRequest(
                "GET|HEAD",
                ".*/manifests/sha256:.*",
                Fault.status(200)
                        .header("Content-Type", first.mediaType())
                        .header("Docker-Content-Digest", first.digest())
                        .body(new String(first.bytes(), StandardCharsets.UTF_8))
                        .always());

        assertThatThrownBy(this::prune)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("latest is gone, too, although it was to stay")
                .hasMessageContaining("deleted before: 2019.20.1");
        assertThat(registry.tags(APP)).contains("stable", tag(2));
    }
}
