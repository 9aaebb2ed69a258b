package io.jenkins.plugins.dockerpromotion.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.SimulatedTime;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.HttpTestServer;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrunerTest {

    private static final Basic CI = new Basic("ci", "marked-secret");

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
        registry = builder.clock(time::now).start();
        network = TestNetwork.of(registry);
    }

    /** A registry with these builds. */
    private void open(int last, Quirk... quirks) {
        open(gitLab().with(quirks));
        push(last);
    }

    /** Builds 1 to {@code last}, each a day younger than the one before; the youngest was made today. */
    private void push(int last) {
        for (int build = 1; build <= last; build++) {
            Instant created = time.now().minus(Duration.ofDays(last - build));
            registry.push("group/app", "2019.20." + build, TestImage.oci(build).withCreated(created));
        }
    }

    private RetentionPolicy policy(Integer keep, Integer days) {
        return new RetentionPolicy(
                Optional.of(TagPattern.of("{year}.{week}.{build}")),
                keep == null ? OptionalInt.empty() : OptionalInt.of(keep),
                days == null ? OptionalInt.empty() : OptionalInt.of(days),
                List.of("latest"));
    }

    private PruneReceipt prune(int keep, boolean dryRun) throws Exception {
        return prune(policy(keep, null), Integer.MAX_VALUE, dryRun);
    }

    private PruneReceipt prune(RetentionPolicy policy, int maxDelete, boolean dryRun) throws Exception {
        RegistryContext context = network.context(time);
        ImageName image = ImageName.parse(registry.host() + "/group/app");
        return new PruneRequest(image, policy, maxDelete, dryRun).with(CI).run(context);
    }

    private static List<String> names(List<PruneReceipt.Entry> entries) {
        return entries.stream().map(PruneReceipt.Entry::tag).toList();
    }

    private static int deletions(HttpTestServer server) {
        return server.requests().count("DELETE", ".*");
    }

    @Test
    void saysWhatWouldGoAndDeletesNothing() throws Exception {
        open(4);
        registry.tag("group/app", "latest", "2019.20.1");
        registry.tag("group/app", "sha256-" + "a".repeat(64) + ".sig", "2019.20.1");

        PruneReceipt receipt = prune(policy(2, 1), 1, true);

        assertThat(names(receipt.deleted())).containsExactly("2019.20.2", "2019.20.1");
        assertThat(names(receipt.kept())).containsExactly("2019.20.4", "2019.20.3");
        assertThat(receipt.dryRun()).isTrue();
        assertThat(receipt.freed()).isPositive();
        assertThat(registry.tags("group/app")).hasSize(6);
        assertThat(deletions(registry))
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
        registry.tag("group/app", "latest", "2019.20.1");

        PruneReceipt receipt = prune(2, false);

        assertThat(names(receipt.deleted())).containsExactlyInAnyOrder("2019.20.1", "2019.20.2", "2019.20.3");
        assertThat(registry.tags("group/app")).containsExactly("2019.20.4", "2019.20.5", "latest");
    }

    @Test
    void asksNothingOfWhatStaysByItsName() throws Exception {
        open(10);

        prune(8, false);

        // The list; a manifest and a configuration, a check and a deletion of each tag that goes. The manifest of the
        // first is read again before it is deleted, and looked for after, and so are its tag and all others. Whether
        // the
        // registry lists referrers is asked first; then the manifest of each tag that goes is read for its parts. The
        // tags that could list referrers are looked for by HEAD, once it has been seen to tell the truth.
        assertThat(registry.requests().count("GET", "/v2/.*/tags/list"))
                .as("challenge, list, after the first deletion, and at the end")
                .isEqualTo(4);
        assertThat(registry.requests().count("GET", "/v2/.*/(manifests|blobs)/.*"))
                .isEqualTo(2 * 2 + 1 + 2);
        assertThat(registry.requests().count("HEAD", "/v2/.*")).isEqualTo(2 + 2 + 3 + 1);
        assertThat(deletions(registry)).isEqualTo(2);
    }

    @Test
    void takesEverythingFromDockerHubsList() throws Exception {
        try (InMemoryDockerHub hub =
                InMemoryDockerHub.builder().user("ci", "marked-secret").start()) {
            TestNetwork dockerHub = TestNetwork.of(hub);
            hub.registry()
                    .addTags(
                            "technolog/serviceone",
                            TestImage.docker(1),
                            IntStream.range(0, 350)
                                    .mapToObj(i -> "2019.20." + i)
                                    .toList());
            PruneRequest dry = new PruneRequest(
                    ImageName.parse("technolog/serviceone"), policy(347, null), Integer.MAX_VALUE, true);

            assertThat(dry.with(CI).run(dockerHub.context()).deleted()).hasSize(3);
            assertThat(hub.requests().count()).as("login and four pages").isEqualTo(5);
            assertThat(hub.registry().requests().count()).isZero();

            hub.requests().clear();
            PruneRequest wet = new PruneRequest(dry.image(), dry.policy(), Integer.MAX_VALUE, false);
            assertThat(names(wet.with(CI).run(dockerHub.context()).deleted()))
                    .containsExactlyInAnyOrder("2019.20.0", "2019.20.1", "2019.20.2");
            assertThat(hub.requests().count())
                    .as("one login for four pages and three deletions")
                    .isEqualTo(8);
            assertThat(hub.registry().tags("technolog/serviceone")).hasSize(347);
        }
    }

    @Test
    void keepsATagThatMovedSinceThePlanWasMade() throws Exception {
        open(3);
        AtomicBoolean moved = new AtomicBoolean();
        registry.onRequest(
                r -> {
                    if (r.method().equals("HEAD")
                            && r.path().endsWith("/2019.20.1")
                            && moved.compareAndSet(false, true)) {
                        registry.tag("group/app", "2019.20.1", "2019.20.3");
                    }
                    return false;
                },
                Fault.status(500));

        PruneReceipt receipt = prune(1, false);

        assertThat(names(receipt.deleted())).containsExactly("2019.20.2");
        assertThat(registry.tags("group/app")).containsExactly("2019.20.1", "2019.20.3");
        assertThat(receipt.kept())
                .anyMatch(e -> e.tag().equals("2019.20.1") && e.reason().startsWith("moved in the meantime"));
    }

    @Test
    void deletesADigestOnceForAllItsTagsThatGo() throws Exception {
        open(gitLab().with(Quirk.DELETE_BY_TAG_INVALID));
        registry.addTags("group/app", TestImage.oci(1), List.of("2019.20.1", "2019.20.2"));
        registry.push("group/app", "2019.20.3", TestImage.oci(3));

        assertThat(names(prune(1, false).deleted())).containsExactlyInAnyOrder("2019.20.1", "2019.20.2");
        assertThat(registry.tags("group/app")).containsExactly("2019.20.3");
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE_SWITCHED_OFF_405", "DELETE_UNSUPPORTED_400"})
    void stopsAtOnceWhereDeletionIsSwitchedOff(Quirk quirk) throws Exception {
        open(20, quirk);

        PruneReceipt plan = prune(1, true);
        assertThat(plan.deleted()).isEmpty();
        assertThat(plan.freed()).isZero();
        assertThat(plan.refused()).hasSize(19).allMatch(e -> e.reason().contains("deletion is disabled"));
        registry.requests().clear();

        assertThatThrownBy(() -> prune(1, false))
                .hasMessageContaining("deletion is disabled")
                .hasMessageEndingWith("nothing was deleted");
        assertThat(deletions(registry)).isLessThanOrEqualTo(3);
    }

    @Test
    void saysWhatWasDeletedBeforeItFailed() throws Exception {
        open(3);
        registry.onRequest(
                r -> r.method().equals("DELETE") && r.path().endsWith("/2019.20.2"),
                Fault.status(500).always());

        assertThatThrownBy(() -> prune(1, false))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("500")
                .hasMessageEndingWith("deleted before: 2019.20.1; may be deleted: 2019.20.2");

        // Run again, it goes on where it was.
        registry.clearFaults();
        assertThat(names(prune(1, false).deleted())).containsExactly("2019.20.2");
    }

    @Test
    void deletesNothingWhenTheListIsIncomplete() throws Exception {
        open(gitLab().with(Quirk.REPEATS_A_PAGE).maxPageSize(5));
        push(12);

        assertThatThrownBy(() -> prune(1, false)).hasMessageContaining("nothing is done without a complete list");
        assertThat(deletions(registry)).isZero();
    }

    @Test
    void deletesNothingWhenMoreWouldGoThanAllowed() throws Exception {
        open(5);

        assertThatThrownBy(() -> prune(policy(1, null), 3, false))
                .hasMessageContaining("4 tags would be deleted, but 'maxDelete' allows 3");
        assertThat(registry.tags("group/app")).hasSize(5);
        assertThat(names(prune(policy(1, null), 4, false).deleted())).hasSize(4);
    }

    @Test
    void outlivesItsTokensAndSaysHowFarItIs() throws Exception {
        open(gitLab().tokenLifetime(Duration.ofMinutes(5)));
        push(361);
        // Each deletion takes five seconds, so all of them take half an hour.
        registry.onRequest(
                r -> {
                    if (r.method().equals("DELETE")) {
                        time.advance(Duration.ofSeconds(5));
                    }
                    return false;
                },
                Fault.status(500));

        assertThat(prune(1, false).deleted()).hasSize(360);

        assertThat(registry.tags("group/app")).containsExactly("2019.20.361");
        assertThat(registry.requests().count("GET", "/jwt/auth")).isGreaterThanOrEqualTo(6);
        assertThat(network.notices()).anyMatch(line -> line.matches("deleted [0-9]+ of 360 tags"));
    }

    @Test
    void keepsWhatHasAMadeUpDate() throws Exception {
        open(gitLab());
        registry.push("group/app", "2019.20.1", TestImage.oci(1).withCreated(Instant.EPOCH));
        registry.push(
                "group/app",
                "2019.20.2",
                TestImage.oci(2).withCreated(time.now().minus(Duration.ofDays(9))));

        assertThat(names(prune(policy(null, 5), 9, false).deleted())).containsExactly("2019.20.2");
    }

    // What is not deleted keeps its digest

    /** Does something to the registry when it gets the first such request. */
    private void when(Predicate<RecordedRequest> request, Runnable change) {
        AtomicBoolean done = new AtomicBoolean();
        registry.onRequest(
                r -> {
                    if (request.test(r) && done.compareAndSet(false, true)) {
                        change.run();
                    }
                    return false;
                },
                Fault.status(500));
    }

    /** Reads the tag after the plan was made. */
    private Predicate<RecordedRequest> checks(String tag) {
        return r -> r.path().endsWith("/manifests/" + tag)
                && (r.method().equals("HEAD") || r.method().equals("GET") && deletions(registry) > 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE_BY_DIGEST_ONLY", "DELETE_BY_TAG_INVALID"})
    void aTagThatMovedToADigestThatWasToGoKeepsIt(Quirk quirk) throws Exception {
        for (String moved : List.of("2019.20.1", "2019.20.2", "2019.20.3")) {
            open(4, quirk);
            when(checks(moved), () -> registry.tag("group/app", moved, other(moved)));

            PruneReceipt receipt = prune(1, false);

            assertThat(registry.digestOf("group/app", moved)).as(moved).isPresent();
            assertThat(names(receipt.kept())).contains(moved, "2019.20.4");
            assertThat(names(receipt.deleted())).doesNotContain(moved).hasSize(1);
            registry.close();
        }
    }

    private static String other(String tag) {
        return tag.equals("2019.20.3") ? "2019.20.2" : "2019.20.3";
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE_BY_DIGEST_ONLY", "DELETE_BY_TAG_INVALID", "NO_REFERRERS_API"})
    void aTagThatHasVanishedTellsNothingOfTheRegistry(Quirk quirk) throws Exception {
        open(4, quirk);
        when(checks("2019.20.1"), () -> registry.deleteTag("group/app", "2019.20.1"));

        PruneReceipt receipt = prune(1, false);

        assertThat(receipt.deleted())
                .anyMatch(e -> e.tag().equals("2019.20.1") && e.reason().equals("already deleted"));
        assertThat(names(receipt.deleted())).containsExactlyInAnyOrder("2019.20.1", "2019.20.2", "2019.20.3");
        assertThat(registry.tags("group/app")).containsExactly("2019.20.4");
    }

    @Test
    void aPartOfAnIndexThatStaysIsKept() throws Exception {
        open(3, Quirk.DELETE_BY_DIGEST_ONLY);
        registry.push(
                "group/app",
                "stable",
                TestImage.ociIndex(TestImage.ociIndex(
                        TestImage.oci(1).withCreated(time.now().minus(Duration.ofDays(2))))));

        PruneReceipt receipt = prune(1, false);

        assertThat(names(receipt.deleted())).containsExactly("2019.20.2");
        assertThat(receipt.kept()).anyMatch(e -> e.reason().endsWith("also needed by stable"));
    }

    // A dry run is the real run without its writes

    @ParameterizedTest
    @EnumSource(names = {"NO_REFERRERS_API", "GITLAB_TAG_DELETE", "DELETE_BY_DIGEST_ONLY", "DELETE_BY_TAG_INVALID"})
    void aDryRunListsWhatTheRealRunDeletes(Quirk quirk) throws Exception {
        open(5, quirk);
        registry.tag("group/app", "stable", "2019.20.1");
        registry.tag("group/app", "2019.20.0", "2019.20.2");

        PruneReceipt plan = prune(1, true);
        assertThat(registry.tags("group/app")).hasSize(7);
        PruneReceipt done = prune(1, false);

        assertThat(names(plan.deleted())).containsExactlyInAnyOrderElementsOf(names(done.deleted()));
        assertThat(names(plan.kept())).containsExactlyInAnyOrderElementsOf(names(done.kept()));
        assertThat(plan.freed()).isEqualTo(done.freed());
        assertThat(registry.tags("group/app")).contains("stable", "2019.20.5").doesNotContain("2019.20.2");
        if (quirk.name().startsWith("DELETE_BY_")) {
            assertThat(done.kept())
                    .anyMatch(e -> e.tag().equals("2019.20.1") && e.reason().endsWith("also needed by stable"));
        }
    }

    @Test
    void fourTagsOfOneDigestFreeNothingWhereOnlyDigestsCanBeDeleted() throws Exception {
        open(gitLab().with(Quirk.DELETE_BY_TAG_INVALID));
        registry.addTags("group/app", TestImage.oci(1), List.of("2019.20.1", "2019.20.2", "2019.20.3", "2019.20.4"));

        for (boolean dryRun : List.of(true, false)) {
            PruneReceipt receipt = prune(1, dryRun);

            assertThat(receipt.deleted()).isEmpty();
            assertThat(receipt.kept()).hasSize(4);
            assertThat(receipt.freed()).isZero();
        }
        assertThat(network.notices()).anyMatch(line -> line.matches("2019.20.1 .* keep .* also needed by 2019.20.4"));
    }

    @Test
    void aDryRunSaysWhatCannotBeKnown() throws Exception {
        open(3);
        registry.access().allow("ci", "group/*", "pull");

        assertThat(prune(1, true).deleted()).hasSize(2);

        assertThat(network.notices())
                .anyMatch(line -> line.contains("Unknown without deleting, or with these credentials"));
    }

    // Odd tags and odd answers

    static Stream<Arguments> oddImages() {
        return Stream.of(
                Arguments.of(
                        "schema 1",
                        TestImage.raw(
                                "application/vnd.docker.distribution.manifest.v1+prettyjws",
                                "{\"schemaVersion\":1,\"name\":\"app\",\"fsLayers\":[]}"),
                        "schema 1"),
                Arguments.of("not JSON", TestImage.raw("application/json", "no JSON"), "not a JSON object"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("oddImages")
    void anOddImageStaysAndTheRestGoes(String what, TestImage odd, String reason) throws Exception {
        open(4);
        registry.push("group/app", "2019.20.2", odd);

        PruneReceipt receipt = prune(policy(1, 1), 9, false);

        assertThat(names(receipt.deleted())).containsExactly("2019.20.1");
        assertThat(receipt.kept())
                .anyMatch(e -> e.tag().equals("2019.20.2") && e.reason().contains(reason));
    }

    @Test
    void aRegistryInTroubleIsNotAskedForEachTag() {
        open(40);
        registry.onRequest(
                RecordedRequest.matching("GET", "/v2/group/app/manifests/.*"),
                Fault.status(500).always());

        assertThatThrownBy(() -> prune(1, false))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("500");
    }

    private void block(String path, int status) {
        registry.onRequest(
                r -> List.of("GET", "HEAD").contains(r.method()) && r.path().matches("/v2/group/app/manifests/" + path),
                Fault.status(status)
                        .body("{\"errors\":[{\"code\":\"DENIED\",\"message\":\"blocked by a scan policy\"}]}")
                        .always());
    }

    private void assertUnreadable(PruneReceipt receipt, String tag, String... words) {
        assertThat(receipt.kept())
                .filteredOn(e -> e.tag().equals(tag))
                .singleElement()
                .satisfies(e -> assertThat(e.reason())
                        .contains("/group/app:" + tag + " on ")
                        .contains(words)
                        .doesNotContain("password")
                        .doesNotContain("\n"));
        assertThat(registry.tags("group/app")).contains(tag);
        assertThat(network.notices()).anyMatch(line -> line.startsWith(tag + " ") && line.contains(words[0]));
    }

    /** A refusal of one tag is not taken for wrong credentials. */
    @ParameterizedTest
    @CsvSource({"403, other tags can be read", "412, ''", "451, ''", "500, ''"})
    void aTagThatTheRegistryBlocksStaysAndTheRestGoes(int status, String advice) throws Exception {
        open(4);
        block("2019.20.2", status);

        PruneReceipt plan = prune(1, true);
        PruneReceipt receipt = prune(1, false);

        assertThat(names(receipt.deleted())).containsExactlyInAnyOrderElementsOf(names(plan.deleted()));
        assertThat(names(receipt.deleted())).containsExactlyInAnyOrder("2019.20.1", "2019.20.3");
        for (PruneReceipt each : List.of(plan, receipt)) {
            assertUnreadable(
                    each, "2019.20.2", "it answered " + status + " (DENIED: blocked by a scan policy)", advice);
        }
    }

    @Test
    void manyBlockedTagsStayAndTheRestGoes() throws Exception {
        open(40);
        block("2019.20.[123]\\d", 403);

        assertThat(names(prune(1, false).deleted()))
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 9)
                        .mapToObj(build -> "2019.20." + build)
                        .toList());
    }

    /** The answer of Azure for a locked tag. */
    @ParameterizedTest
    @ValueSource(strings = {"2019.20.1", "2019.20.2"})
    void aLockedTagStaysAndTheRestGoes(String locked) throws Exception {
        open(4);
        registry.onRequest(
                RecordedRequest.matching("DELETE", ".*/" + locked),
                Fault.status(405)
                        .body("{\"errors\":[{\"code\":\"REGISTRY_DISALLOWED_OPERATION\",\"message\":"
                                + "\"The operation is disallowed on this registry, repository or image.\"}]}")
                        .always());

        PruneReceipt receipt = prune(1, false);

        assertThat(names(receipt.deleted())).hasSize(2).doesNotContain(locked);
        assertThat(registry.tags("group/app")).containsExactlyInAnyOrder(locked, "2019.20.4");
    }

    /** From the n-th tag on. */
    @ParameterizedTest
    @CsvSource({"1, 202", "1, 204", "2, 202", "3, 202"})
    void aDeletionThatIsAcceptedAndNotCarriedOutIsNoDeletion(int n, int status) throws Exception {
        open(4);
        AtomicInteger deletions = new AtomicInteger();
        registry.onRequest(
                r -> r.method().equals("DELETE") && deletions.incrementAndGet() >= n,
                Fault.status(status).always());

        if (n == 1) {
            assertThatThrownBy(() -> prune(1, false))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("the registry accepted this, but the tag is still there")
                    .hasMessageContaining("nothing was deleted");
        } else {
            PruneReceipt receipt = prune(1, false);

            assertThat(receipt.deleted()).hasSize(n - 1);
            assertThat(receipt.refused())
                    .hasSize(4 - n)
                    .allMatch(e -> e.reason().equals("the registry accepted the deletion, but the tag is still there"));
        }
        assertThat(registry.tags("group/app")).hasSize(5 - n);
    }

    @Test
    void aRegistryThatDeletesLaterIsWaitedFor() throws Exception {
        open(4);
        List<String> accepted = new CopyOnWriteArrayList<>();
        registry.onRequest(
                r -> {
                    boolean deletion = r.method().equals("DELETE");
                    if (deletion) {
                        accepted.add(r.path().replaceFirst(".*/", ""));
                    }
                    return deletion;
                },
                Fault.status(202).always());
        registry.onRequest(
                r -> {
                    if (!time.pauses().isEmpty()) {
                        accepted.forEach(tag -> registry.deleteTag("group/app", tag));
                    }
                    return false;
                },
                Fault.status(500));

        assertThat(prune(1, false).deleted()).hasSize(3);
        assertThat(registry.tags("group/app")).containsExactly("2019.20.4");
    }

    /** A cache in front of the registry still has the manifests. */
    @Test
    void aPruneStopsWhereTagsVanishThatWereToStay() throws Exception {
        open(4, Quirk.DELETE_BY_TAG_TAKES_ALL);
        registry.tag("group/app", "latest", "2019.20.1");
        registry.tag("group/app", "stable", "2019.20.2");
        TestImage first = TestImage.oci(1);
        registry.onRequest(
                r -> !r.method().equals("DELETE") && r.path().matches(".*/manifests/sha256:.*"),
                Fault.status(200)
                        .header("Content-Type", first.mediaType())
                        .header(
                                "Docker-Content-Digest",
                                registry.digestOf("group/app", "2019.20.1").orElseThrow())
                        .body(new String(
                                registry.manifestBytes("group/app", "2019.20.1").orElseThrow(), StandardCharsets.UTF_8))
                        .always());

        assertThatThrownBy(() -> prune(1, false))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("latest is gone, too, although it was to stay")
                .hasMessageContaining("deleted before: 2019.20.1");
        assertThat(registry.tags("group/app")).contains("stable", "2019.20.2");
    }

    /** A gateway may give each manifest the type of an image. */
    @ParameterizedTest
    @EnumSource(names = {"DELETE_BY_DIGEST_ONLY", "DELETE_BY_TAG_INVALID"})
    void aPartOfAnIndexStaysWhateverTypeTheHeaderHas(Quirk quirk) throws Exception {
        open(2, quirk);
        registry.push("group/app", "multi", TestImage.ociIndex(youngest(1, 2), TestImage.oci(7)));
        registry.onRequest(
                RecordedRequest.matching("HEAD", ".*/manifests/.*"),
                Fault.replaceHeader("Content-Type", TestImage.OCI_MANIFEST).always());

        PruneReceipt receipt = prune(1, false);

        assertThat(receipt.deleted()).isEmpty();
        assertThat(receipt.kept()).anyMatch(e -> e.reason().endsWith("also needed by multi"));
        assertThat(registry.tags("group/app")).contains("2019.20.1");
    }

    /** The image of a build, as {@link #push} makes it. */
    private TestImage youngest(int build, int last) {
        return TestImage.oci(build).withCreated(time.now().minus(Duration.ofDays(last - build)));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 405, 409, 412, 422, 423, 451})
    void aLaterTagThatIsRefusedStaysAndTheRestGoes(int status) throws Exception {
        open(4);
        registry.onRequest(
                RecordedRequest.matching("DELETE", ".*/2019.20.2"),
                Fault.status(status)
                        .body("{\"errors\":[{\"code\":\"DENIED\",\"message\":\"protected\"}]}")
                        .always());

        PruneReceipt receipt = prune(1, false);

        assertThat(names(receipt.deleted())).containsExactlyInAnyOrder("2019.20.1", "2019.20.3");
        assertThat(receipt.refused()).singleElement().satisfies(e -> {
            assertThat(e.tag()).isEqualTo("2019.20.2");
            assertThat(e.reason()).contains("protected");
        });
    }

    /** Its digest is not known, so it may be any. */
    @Test
    void anErrorWithStatus200IsNoManifestThatCanBeDeleted() throws Exception {
        open(3, Quirk.DELETE_BY_DIGEST_ONLY);
        registry.tag("group/app", "stable", "2019.20.1");
        registry.onRequest(
                RecordedRequest.matching(".*/manifests/stable"),
                Fault.status(200)
                        .header("Content-Type", "application/json")
                        .body("{\"errors\":[{\"code\":\"UNAVAILABLE\"}]}")
                        .always());

        assertThat(prune(1, false).deleted()).isEmpty();

        assertThat(registry.tags("group/app")).hasSize(4);
    }

    /** From its n-th request on, for each request that a prune without a fault sends, and one more. */
    @ParameterizedTest
    @EnumSource(names = {"DELETE_BY_DIGEST_ONLY", "DELETE_BY_TAG_INVALID"})
    void aTagThatIsBlockedDuringThePruneKeepsItsDigestAndIsTheReason(Quirk quirk) throws Exception {
        int last = 1;
        for (int n = 1; n <= last + 1; n++) {
            open(3, quirk);
            registry.tag("group/app", "2019.20.2", "2019.20.1");
            int from = n;
            AtomicInteger seen = new AtomicInteger();
            registry.onRequest(
                    r -> r.path().endsWith("/manifests/2019.20.2") && seen.incrementAndGet() >= from,
                    Fault.status(403).always());

            PruneReceipt receipt = prune(1, false);

            last = Math.max(last, seen.get());
            assertThat(registry.tags("group/app"))
                    .as("from request " + n)
                    .containsExactlyInAnyOrderElementsOf(
                            n > seen.get() ? List.of("2019.20.3") : List.of("2019.20.1", "2019.20.2", "2019.20.3"));
            assertThat(receipt.kept())
                    .filteredOn(e -> e.tag().equals("2019.20.1"))
                    .allMatch(e -> e.reason().contains("needed by 2019.20.2"));
            registry.close();
        }
        assertThat(last).isGreaterThan(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE_BY_DIGEST_ONLY", "DELETE_BY_TAG_INVALID"})
    void whatABlockedTagMayShareStaysWhereOnlyDigestsCanBeDeleted(Quirk quirk) throws Exception {
        open(3, quirk);
        registry.tag("group/app", "stable", "2019.20.1");
        block("stable", 403);

        PruneReceipt plan = prune(1, true);
        PruneReceipt receipt = prune(1, false);

        assertThat(receipt.deleted()).isEmpty();
        assertThat(plan.deleted()).isEmpty();
        assertThat(receipt.kept())
                .filteredOn(e -> !e.tag().equals("2019.20.3"))
                .hasSize(2)
                .allMatch(e -> e.reason().endsWith("may also be needed by stable, which cannot be read"));
        assertThat(registry.tags("group/app")).hasSize(4);
        assertThat(network.notices()).anyMatch(line -> line.contains("stable") && line.contains("403"));
    }

    @Test
    void aPartOfABlockedIndexIsPutBack() throws Exception {
        open(gitLab().with(Quirk.DELETE_BY_TAG_TAKES_ALL));
        TestImage part = TestImage.oci(1);
        registry.push("group/app", "multi", TestImage.ociIndex(part, TestImage.oci(2)));
        String digest = registry.push("group/app", "2019.20.1", part);
        registry.push("group/app", "2019.20.2", TestImage.oci(4));
        registry.push("group/app", "2019.20.3", TestImage.oci(5));
        block("multi", 403);

        PruneReceipt receipt = prune(1, false);

        assertThat(registry.hasManifest("group/app", digest)).isTrue();
        assertThat(registry.tags("group/app")).contains("multi", "2019.20.3");
        assertThat(names(receipt.deleted())).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aRegistryThatRefusesEveryImageFailsWithOneLine(int status) {
        open(40);
        registry.tag("group/app", "latest", "2019.20.1");
        block(".*", status);

        assertThatThrownBy(() -> prune(1, false))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("it answered " + status)
                .hasMessageContaining("check the password of 'ci'")
                .hasMessageNotContaining("\n");
        assertThat(deletions(registry)).isZero();
        assertThat(registry.requests().count("GET", "/v2/group/app/manifests/.*"))
                .as("a registry that refuses everything does not get a request for each tag")
                .isLessThan(40);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aListThatIsRefusedFailsWithOneLine(int status) {
        open(2);
        registry.onRequest(
                RecordedRequest.matching("GET", "/v2/group/app/tags/list"),
                Fault.status(status).always());

        assertThatThrownBy(() -> prune(1, false))
                .hasMessageContaining("it answered " + status)
                .hasMessageContaining("check the password of 'ci'");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429})
    void credentialsThatAreRejectedAndARateLimitStopThePruneBeforeItDeletes(int status) {
        open(4);
        block("2019.20.2", status);

        assertThatThrownBy(() -> prune(1, false)).hasMessageContaining("it answered " + status);
        assertThat(deletions(registry)).isZero();
    }

    @Test
    void aTagThatIsGoneIsNoObstacle() throws Exception {
        open(4);
        block("2019.20.2", 404);

        assertThat(names(prune(1, false).deleted())).containsExactlyInAnyOrder("2019.20.1", "2019.20.3");
    }

    @Test
    void anAttachmentThatIsBlockedDoesNotStopThePrune() throws Exception {
        open(3);
        String subject =
                registry.digestOf("group/app", "2019.20.1").orElseThrow().substring("sha256:".length());
        registry.push("group/app", "sha256-" + subject + ".sig", TestImage.oci(7));
        block("sha256-.*", 403);

        assertThat(names(prune(1, false).deleted())).containsExactlyInAnyOrder("2019.20.1", "2019.20.2");
        assertThat(registry.tags("group/app")).contains("sha256-" + subject + ".sig");
    }

    @Test
    void theDigestOfAnOddTagOfAnotherFormIsEnough() throws Exception {
        open(2, Quirk.DELETE_BY_DIGEST_ONLY);
        registry.push(
                "group/app",
                "old",
                TestImage.raw(
                        "application/vnd.docker.distribution.manifest.v1+prettyjws",
                        "{\"schemaVersion\":1,\"name\":\"app\",\"fsLayers\":[]}"));

        assertThat(names(prune(1, false).deleted())).containsExactly("2019.20.1");
        assertThat(registry.tags("group/app")).containsExactly("2019.20.2", "old");
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_REFERRERS_API", "DELETE_BY_DIGEST_ONLY"})
    void aTagIsGoneOnlyAfterALook(Quirk quirk) throws Exception {
        open(3, quirk);
        registry.onRequest(
                r -> r.method().equals("DELETE")
                        && (r.path().endsWith("/2019.20.1")
                                || r.path()
                                        .endsWith(registry.digestOf("group/app", "2019.20.1")
                                                .orElse("-"))),
                Fault.status(404).body("<html>Not Found</html>").always());

        PruneReceipt receipt = prune(1, false);

        assertThat(names(receipt.deleted())).containsExactly("2019.20.2");
        assertThat(receipt.refused())
                .anyMatch(e -> e.tag().equals("2019.20.1") && e.reason().contains("it is still there"));
    }

    @Test
    void whatARegistryDeletesTogetherWithATagIsPutBack() throws Exception {
        open(4, Quirk.DELETE_BY_TAG_TAKES_ALL);
        registry.tag("group/app", "latest", "2019.20.1");
        registry.tag("group/app", "stable", "2019.20.2");
        byte[] latest = registry.manifestBytes("group/app", "latest").orElseThrow();

        PruneReceipt receipt = prune(1, false);

        assertThat(registry.tags("group/app")).containsExactly("2019.20.2", "2019.20.4", "latest", "stable");
        assertThat(registry.manifestBytes("group/app", "latest")).contains(latest);
        assertThat(names(receipt.deleted())).containsExactlyInAnyOrder("2019.20.1", "2019.20.3");
        assertThat(receipt.kept()).anyMatch(e -> e.reason().endsWith("also needed by stable"));
        assertThat(network.notices())
                .anyMatch(
                        line -> line.startsWith("Put back latest, which the registry deleted together with 2019.20.1"));
    }

    @Test
    void whatARegistryDeletesTogetherWithALaterTagIsPutBackToo() throws Exception {
        open(5, Quirk.DELETE_BY_TAG_TAKES_ALL);
        registry.tag("group/app", "latest", "2019.20.3");

        PruneReceipt receipt = prune(1, false);

        assertThat(registry.tags("group/app")).containsExactly("2019.20.5", "latest");
        assertThat(names(receipt.deleted())).hasSize(4);
    }

    /** The registry deletes the digest with all its tags, and its first answer is lost. */
    @Test
    void putsBackWhatWentWithATagWhoseAnswerWasLost() throws Exception {
        open(InMemoryRegistry.builder().with(Quirk.DELETE_BY_TAG_TAKES_ALL));
        push(4);
        registry.tag("group/app", "latest", "2019.20.1");
        registry.onRequest(r -> r.method().equals("DELETE"), Fault.loseAnswer());

        assertThat(names(prune(2, false).deleted())).containsExactly("2019.20.2", "2019.20.1");

        assertThat(registry.tags("group/app")).containsExactly("2019.20.3", "2019.20.4", "latest");
    }
}
