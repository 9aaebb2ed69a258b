package io.jenkins.plugins.dockerpromotion.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest.Options;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.JsonLayout;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PromoterTest {

    private static final Basic CI = new Basic("ci", "secret");
    private static final Options OPTIONS = new Options(false, false, false);
    private static final Options OVERWRITING = new Options(true, false, false);
    private static final TestImage ONE = TestImage.docker(1);
    private static final TestImage TWO = TestImage.docker(2);

    private final List<AutoCloseable> servers = new ArrayList<>();
    private TestNetwork network;
    private InMemoryRegistry from;
    private InMemoryRegistry to;

    @AfterEach
    void closeServers() throws Exception {
        for (AutoCloseable server : servers) {
            server.close();
        }
    }

    private <T extends AutoCloseable> T track(T server) {
        servers.add(server);
        return server;
    }

    /** Starts a registry with this image and an empty one. */
    private void start(TestImage image, Quirk... quirks) {
        from = registry(quirks);
        to = registry();
        from.push("group/app", "1.0", image);
        network = TestNetwork.of(from, to);
    }

    private InMemoryRegistry registry(Quirk... quirks) {
        return track(InMemoryRegistry.builder()
                .bearer()
                .user("ci", "secret")
                .with(quirks)
                .start());
    }

    private PromotionRequest request(ImageName target, Options options, String... tags) {
        List<String> targets = tags.length == 0 ? List.of("{tag}-rc", "latest") : List.of(tags);
        return PromotionRequest.of(from.image("group/app"), new Tag("1.0"), target, targets, options)
                .with(CI, CI);
    }

    private PromotionReceipt promoteWithin(Options options, String... tags) throws Exception {
        return request(from.image("group/app"), options, tags).run(network.context());
    }

    private PromotionReceipt promoteTo(InMemoryRegistry registry) throws Exception {
        return request(registry.image("prod/app"), OPTIONS).run(network.context());
    }

    private static void assertPromoted(InMemoryRegistry registry, String repository, TestImage image) {
        for (String tag : List.of("1.0-rc", "latest")) {
            assertThat(registry.digestOf(repository, tag)).contains(image.digest());
            assertThat(registry.mediaTypeOf(repository, tag)).contains(image.mediaType());
            assertThat(registry.manifestBytes(repository, tag)).contains(image.bytes());
        }
    }

    private void assertTag(String tag, TestImage image) {
        assertThat(from.digestOf("group/app", tag)).contains(image.digest());
    }

    static Stream<Arguments> images() {
        TestImage arm64 = TestImage.oci(2);
        return Stream.of(
                Arguments.of("Docker schema 2", ONE),
                Arguments.of(
                        "Docker schema 2 in odd white space",
                        TestImage.docker(3).withLayout(JsonLayout.ODD)),
                Arguments.of("OCI manifest", arm64),
                Arguments.of("OCI manifest in odd white space", TestImage.oci(4).withLayout(JsonLayout.ODD)),
                Arguments.of("Docker list", TestImage.dockerList(ONE, TestImage.docker(5))),
                Arguments.of("OCI index", TestImage.ociIndex(ONE, arm64).withLayout(JsonLayout.ODD)),
                Arguments.of("index of indexes", TestImage.ociIndex(TestImage.ociIndex(ONE, arm64))),
                Arguments.of(
                        "a media type nobody has heard of",
                        TestImage.raw(
                                "application/vnd.acme.thing.v7+json", "{ \"acme\" :\t[ 1,2 ]\r\n,\"x\":{} }\n\n")));
    }

    /** Promotes within a repository, to another repository without moving a layer, and to another registry. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("images")
    void keepsBytesMediaTypeAndDigest(String kind, TestImage image) throws Exception {
        start(image, Quirk.HONOURS_ACCEPT);

        PromotionReceipt receipt = promoteWithin(OPTIONS);
        promoteTo(from);

        assertThat(receipt.digest()).isEqualTo(image.digest());
        assertThat(receipt.mediaType()).isEqualTo(image.mediaType());
        assertPromoted(from, "group/app", image);
        assertPromoted(from, "prod/app", image);
        assertThat(from.requests().blobBytesDown()).isZero();
        assertThat(from.requests().blobBytesUp()).isZero();
        promoteTo(to);
        assertPromoted(to, "prod/app", image);
        assertThat(to.openUploads()).isZero();
    }

    @Test
    void takesOneReadAndOneWriteForEachTargetWithinARepository() throws Exception {
        start(TestImage.ociIndex(TestImage.oci(1), TestImage.oci(2)));

        promoteWithin(OPTIONS, "a", "b", "c");

        assertThat(from.requests().count(request -> request.status() == 401))
                .as("the first request finds out how to log in")
                .isEqualTo(1);
        assertThat(from.requests().count("GET", "/token")).isEqualTo(1);
        assertThat(from.requests().count("GET", "/v2/.*")).isEqualTo(2);
        assertThat(from.requests().count("HEAD", "/v2/group/app/manifests/[abc]"))
                .isEqualTo(3);
        assertThat(from.requests().count("PUT", "/v2/group/app/manifests/[abc]"))
                .isEqualTo(3);
        assertThat(from.requests().count()).as(from.requests().summary()).isEqualTo(1 + 1 + 1 + 3 + 1 + 3);
    }

    @Test
    void takesOneReadForEachManifestAndOneMountForEachBlobAcrossRepositories() throws Exception {
        start(TestImage.ociIndex(TestImage.oci(1), TestImage.oci(2)));
        int blobs = 2 * 3;

        promoteTo(from);

        assertThat(from.requests().count("GET", "/token")).isEqualTo(1);
        assertThat(from.requests().count("GET", "/v2/group/app/manifests/.*")).isEqualTo(1 + 3);
        assertThat(from.requests().count("POST", "/v2/prod/app/blobs/uploads/")).isEqualTo(blobs);
        assertThat(from.requests().count("PUT", "/v2/prod/app/manifests/.*")).isEqualTo(2 + 2);
        assertThat(from.requests().count()).as(from.requests().summary()).isEqualTo(1 + 1 + 3 + 2 + 1 + blobs + 4);
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_MOUNT", "FIRST_SCOPE_ONLY", "MOUNT_CHALLENGES_FOR_SOURCE"})
    void streamsWithinARegistryThatDoesNotMount(Quirk quirk) throws Exception {
        start(TestImage.oci(1), quirk);

        promoteTo(from);

        assertPromoted(from, "prod/app", TestImage.oci(1));
        assertThat(from.openUploads()).isZero();
    }

    @Test
    void overwritesAVersionOnlyWhenToldTo() throws Exception {
        start(ONE);
        from.push("group/app", "1.0-rc", TWO);

        assertThatThrownBy(() -> promoteWithin(OPTIONS))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll("group/app:1.0", "1.0-rc", "nothing was changed", "overwrite: true");
        assertTag("1.0-rc", TWO);
        assertThat(from.requests().count("PUT", ".*")).isZero();
        promoteWithin(OVERWRITING);
        assertTag("1.0-rc", ONE);
    }

    @Test
    void movesLatestAndTellsWhatItWas() throws Exception {
        start(ONE);
        from.push("group/app", "latest", TWO);

        assertThat(promoteWithin(OPTIONS).targets())
                .containsExactly(
                        new PromotionReceipt.Target("1.0-rc", "", true),
                        new PromotionReceipt.Target("latest", TWO.digest(), true));
    }

    @Test
    void changesNothingTheSecondTime() throws Exception {
        start(ONE);
        PromotionRequest request = request(from.image("prod/app"), new Options(false, true, false));
        request.run(network.context());
        from.requests().clear();

        assertThat(request.run(network.context()).targets()).allMatch(t -> !t.changed());
        assertThat(from.requests().count("PUT|POST|PATCH|DELETE", ".*")).isZero();
    }

    @Test
    void plansOnlyInADryRun() throws Exception {
        start(ONE);

        PromotionReceipt receipt = promoteWithin(new Options(false, true, true));

        assertThat(receipt.dryRun()).isTrue();
        assertThat(receipt.targets()).allMatch(PromotionReceipt.Target::changed);
        assertThat(from.tags("group/app")).containsExactly("1.0");
    }

    @Test
    void refusesAnImageThatIsNotTheExpectedOne() {
        start(ONE);
        PromotionRequest request = request(from.image("group/app"), OPTIONS).expecting(Digest.parse(TWO.digest()));

        assertThatThrownBy(() -> request.run(network.context()))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll(ONE.digest(), TWO.digest(), "nothing was changed");
    }

    @Test
    void saysWhichImageIsMissing() {
        start(ONE);
        from.deleteTag("group/app", "1.0");

        assertThatThrownBy(() -> promoteWithin(OPTIONS))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContainingAll(from.host() + "/group/app:1.0", "404");
    }

    // Rollback after a failure

    /** Targets are written concurrently. Makes one fail after the other has been stored. */
    private static void failAfter(InMemoryRegistry registry, String tag, String other, Fault fault) {
        Predicate<RecordedRequest> stored =
                RecordedRequest.matching("PUT", ".*/manifests/" + other).and(put -> put.status() == 201);
        registry.onRequest(
                RecordedRequest.matching("PUT", ".*/manifests/" + tag).and(put -> {
                    registry.requests().await(stored);
                    return true;
                }),
                fault);
    }

    private static final Fault REFUSED = Fault.status(403).always();

    @Test
    void putsBackTargetsWhenOneFails() {
        start(ONE);
        from.push("group/app", "latest", TWO);
        failAfter(from, "broken", "new", REFUSED);

        assertThatThrownBy(() -> promoteWithin(OPTIONS, "new", "latest", "broken"))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll("403", "new removed again", "latest put back to", "broken still absent");
        assertTag("latest", TWO);
        assertThat(from.tags("group/app")).containsExactly("1.0", "latest");
    }

    @Test
    void writesTagsThatCanBePutBackBeforeNewOnes() {
        start(ONE, Quirk.DELETE_SWITCHED_OFF_405);
        from.push("group/app", "latest", TWO);
        from.onRequest("PUT", ".*/manifests/latest", REFUSED);

        assertThatThrownBy(() -> promoteWithin(OPTIONS))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll("1.0-rc still absent", "latest unchanged at");
    }

    @Test
    void takesANewTagAwayAgainByDockerHubsOwnApi() {
        InMemoryDockerHub hub = track(InMemoryDockerHub.builder()
                .registry(registry(Quirk.DELETE_SWITCHED_OFF_405))
                .user("ci", "secret")
                .start());
        hub.registry().push("technolog/serviceone", "1.0", ONE);
        failAfter(hub.registry(), "broken", "new", REFUSED);
        ImageName image = ImageName.parse("technolog/serviceone");
        PromotionRequest request = PromotionRequest.of(image, new Tag("1.0"), image, List.of("new", "broken"), OPTIONS);

        assertThatThrownBy(() -> request.with(CI, CI).run(TestNetwork.of(hub).context()))
                .isInstanceOf(PromotionException.class)
                .hasMessageContaining("new removed again");
        assertThat(hub.registry().tags("technolog/serviceone")).containsExactly("1.0");
    }

    @Test
    void saysWhatStandsWhereWhenATargetCannotBePutBack() {
        start(ONE, Quirk.DELETE_SWITCHED_OFF_405);
        failAfter(from, "broken", "new", REFUSED);

        assertThatThrownBy(() -> promoteWithin(OPTIONS, "new", "broken"))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll(
                        "new may point to " + ONE.digest().substring(0, 19),
                        "could not be put back",
                        "deletion is disabled");
    }

    @Test
    void reportsATagAsRemovedOnlyIfItIsGone() {
        start(ONE);
        failAfter(from, "broken", "new", REFUSED);
        from.onRequest(
                "DELETE", ".*", Fault.status(404).body("<html>Not Found</html>").always());

        assertThatThrownBy(() -> promoteWithin(OPTIONS, "new", "broken"))
                .isInstanceOf(PromotionException.class)
                .hasMessageContaining("new still at " + ONE.digest().substring(0, 19))
                .satisfies(e -> assertThat(((PromotionException) e).undone())
                        .flatExtracting(UndoneReceipt::outcomes)
                        .extracting(UndoneReceipt.Outcome::standsAsPromoted)
                        .containsExactly(true, false));
        assertTag("new", ONE);
    }

    static Stream<Throwable> failures() {
        return Stream.of(new IllegalStateException("a fault of ours"), new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void putsBackWhateverKindOfFailureItIs(Throwable failure) {
        start(ONE);
        from.push("group/app", "latest", TWO);
        from.push("group/app", "stable", TWO);
        failAfter(from, "stable", "latest", Fault.status(503));
        Timekeeper breaking = new Timekeeper() {
            @Override
            public Instant now() {
                return Instant.EPOCH;
            }

            @Override
            public void pause(Duration duration) {
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            }
        };
        PromotionRequest request = request(from.image("group/app"), OVERWRITING, "latest", "stable");

        assertThatThrownBy(() -> request.run(network.context(breaking)))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll(failure.getClass().getName(), "latest put back to", "stable unchanged at");
        assertTag("latest", TWO);
    }

    @Test
    void leavesATagThatSomebodyElseMovedWhileItWasPutBack() {
        start(ONE);
        TestImage other = TestImage.docker(3);
        from.push("group/app", "latest", TWO);
        from.push("group/app", "stable", TWO);
        failAfter(from, "stable", "latest", REFUSED);
        // The previous manifest is read again just before the tag is restored.
        from.before("GET", ".*/" + TWO.digest(), read -> from.push("group/app", "latest", other));

        assertThatThrownBy(() -> promoteWithin(OVERWRITING, "latest", "stable"))
                .hasMessageContaining(
                        "latest moved by another client to " + other.digest().substring(0, 19));
        assertTag("latest", other);
    }

    // Content

    @Test
    void leavesNoTargetBehindWhenTheContentCannotBeCopied() {
        start(ONE);
        from.onRequest("GET", "/v2/group/app/blobs/.*", REFUSED);

        assertThatThrownBy(() -> promoteTo(to)).isInstanceOf(RegistryException.class);
        assertThat(to.tags("prod/app")).isEmpty();
    }

    @Test
    void copiesABlobAgainWhenItsStreamBreaks() throws Exception {
        // The layer is so large that the upload has started when the download breaks. A small download is simply
        // retried.
        TestImage image = TestImage.docker(1).withLayers(4_000_000);
        start(image);
        from.onRequest("GET", "/v2/group/app/blobs/" + blob(image, 1), Fault.closeMidBody());

        promoteTo(to);

        assertPromoted(to, "prod/app", image);
        assertThat(network.notices()).anyMatch(n -> n.contains("copying the blob again"));
    }

    /** Returns the digest of a blob. The first one is the configuration. */
    private static String blob(TestImage image, int number) {
        return List.copyOf(image.blobs().keySet()).get(number);
    }

    @Test
    void showsEachRegistryItsOwnCredentialOnly() throws Exception {
        start(ONE);
        to = track(InMemoryRegistry.builder()
                .basic()
                .user("writer", "write-secret")
                .start());
        request(to.image("prod/app"), OPTIONS)
                .with(CI, new Basic("writer", "write-secret"))
                .run(TestNetwork.of(from, to).context());

        assertThat(authorizations(to)).hasSize(1).doesNotContainAnyElementsOf(authorizations(from));
        assertThat(authorizations(from)).hasSize(2);
    }

    private static List<String> authorizations(InMemoryRegistry registry) {
        return registry.requests().all().stream()
                .flatMap(r -> r.authorization().stream())
                .distinct()
                .toList();
    }

    @Test
    void readsNoPlatformThatTheOtherRegistryHas() throws Exception {
        TestImage amd64 = TestImage.oci(1);
        TestImage arm64 = TestImage.oci(2);
        start(TestImage.ociIndex(amd64, arm64));
        to.push("prod/app", "old", amd64);

        promoteTo(to);

        assertThat(from.requests().count("GET", ".*/manifests/" + amd64.digest()))
                .isZero();
        assertThat(to.requests().count("HEAD", "/v2/prod/app/blobs/.*"))
                .isEqualTo(arm64.blobs().size());
    }

    @Test
    void asksForNineLayersThatAreThereAndMovesTheTenth() throws Exception {
        TestImage image = TestImage.oci(1).withLayers(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
        start(image);
        to.push("prod/app", "old", image);
        to.deleteTag("prod/app", "old");
        to.deleteBlob("prod/app", blob(image, 10));

        request(to.image("prod/app"), OPTIONS, "{tag}").run(network.context());

        assertThat(from.requests().count("GET", "/v2/.*/(manifests|blobs)/.*"))
                .as("challenge, manifest and layer")
                .isEqualTo(3);
        assertThat(to.requests().count() - to.requests().count("GET", "/token"))
                .as("challenge, checks of the tag and of eleven blobs, upload in two requests, manifest")
                .isEqualTo(1 + 1 + 11 + 2 + 1);
    }

    private void promoteMountingFromBase() throws Exception {
        RegistryLocation location = new RegistryLocation(to.host(), to.uri(), to.uri(), "", 0, List.of(), "base/java");
        request(to.image("prod/app"), OPTIONS)
                .run(TestNetwork.of(from).and(location).context());
    }

    @Test
    void mountsWhatTheRepositoryOfTheAdministratorsChoiceHas() throws Exception {
        TestImage image = TestImage.oci(1).withLayers(1000, 2000, 3000);
        start(image);
        to.push("base/java", "21", image);
        String own = blob(image, 3);
        to.deleteBlob("base/java", own);

        promoteMountingFromBase();

        assertPromoted(to, "prod/app", image);
        assertThat(to.requests().blobBytesUp()).isEqualTo(image.blobs().get(own).size());
        assertThat(to.requests().count("POST", ".*"))
                .as("what is not mounted is uploaded there")
                .isEqualTo(4);
        assertThat(to.requests().count("GET", "/token"))
                .as("for both repositories")
                .isEqualTo(1);
    }

    @Test
    void sendsWhatItMayNotMount() throws Exception {
        start(TestImage.oci(1));
        to.access().allow("ci", "prod/*", "pull", "push");
        to.push("base/java", "21", TestImage.oci(1));

        promoteMountingFromBase();

        assertPromoted(to, "prod/app", TestImage.oci(1));
        assertThat(to.openUploads()).isZero();
    }
}
