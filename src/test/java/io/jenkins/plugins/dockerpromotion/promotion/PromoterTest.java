package io.jenkins.plugins.dockerpromotion.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest.Options;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
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
import org.junit.jupiter.params.provider.MethodSource;

class PromoterTest {

    private static final Basic CI = new Basic("ci", "secret");
    private static final List<String> TARGETS = List.of("{tag}-rc", "latest");

    private final List<AutoCloseable> servers = new ArrayList<>();
    private TestNetwork network;

    @AfterEach
    void closeServers() throws Exception {
        for (AutoCloseable server : servers) {
            server.close();
        }
    }

    private InMemoryRegistry registry(Quirk... quirks) {
        return track(InMemoryRegistry.builder()
                .bearer()
                .user("ci", "secret")
                .with(quirks)
                .start());
    }

    private <T extends AutoCloseable> T track(T server) {
        servers.add(server);
        return server;
    }

    private static Options options() {
        return new Options(false, false, false);
    }

    private static PromotionRequest within(InMemoryRegistry registry, List<String> to, Options options) {
        ImageName image = registry.image("group/app");
        return PromotionRequest.of(image, new Tag("1.0"), image, to, options);
    }

    private static PromotionRequest across(InMemoryRegistry from, InMemoryRegistry to, Options options) {
        return PromotionRequest.of(from.image("group/app"), new Tag("1.0"), to.image("prod/app"), TARGETS, options);
    }

    private PromotionReceipt promote(PromotionRequest request, InMemoryRegistry... registries) throws Exception {
        network = TestNetwork.of(registries);
        return request.with(CI, CI).run(network.context());
    }

    static Stream<Arguments> images() {
        TestImage amd64 = TestImage.docker(1);
        TestImage arm64 = TestImage.oci(2);
        return Stream.of(
                Arguments.of("Docker schema 2", amd64),
                Arguments.of(
                        "Docker schema 2 in odd white space",
                        TestImage.docker(3).withLayout(JsonLayout.ODD)),
                Arguments.of("OCI manifest", arm64),
                Arguments.of("OCI manifest in odd white space", TestImage.oci(4).withLayout(JsonLayout.ODD)),
                Arguments.of("Docker list", TestImage.dockerList(amd64, TestImage.docker(5))),
                Arguments.of("OCI index", TestImage.ociIndex(amd64, arm64).withLayout(JsonLayout.ODD)),
                Arguments.of("index of indexes", TestImage.ociIndex(TestImage.ociIndex(amd64, arm64))),
                Arguments.of(
                        "a media type nobody has heard of",
                        TestImage.raw(
                                "application/vnd.acme.thing.v7+json", "{ \"acme\" :\t[ 1,2 ]\r\n,\"x\":{} }\n\n")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("images")
    void keepsBytesMediaTypeAndDigestWithinARepository(String kind, TestImage image) throws Exception {
        InMemoryRegistry registry = registry(Quirk.HONOURS_ACCEPT);
        registry.push("group/app", "1.0", image);

        PromotionReceipt receipt = promote(within(registry, TARGETS, options()), registry);

        assertThat(receipt.digest()).isEqualTo(image.digest());
        assertThat(receipt.mediaType()).isEqualTo(image.mediaType());
        assertSame(registry, "group/app", image);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("images")
    void keepsBytesMediaTypeAndDigestAcrossRepositoriesWithoutMovingALayer(String kind, TestImage image)
            throws Exception {
        InMemoryRegistry registry = registry(Quirk.HONOURS_ACCEPT);
        registry.push("group/app", "1.0", image);

        promote(across(registry, registry, options()), registry);

        assertSame(registry, "prod/app", image);
        assertThat(registry.requests().blobBytesDown()).isZero();
        assertThat(registry.requests().blobBytesUp()).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("images")
    void keepsBytesMediaTypeAndDigestAcrossRegistries(String kind, TestImage image) throws Exception {
        InMemoryRegistry from = registry(Quirk.HONOURS_ACCEPT);
        InMemoryRegistry to = registry();
        from.push("group/app", "1.0", image);

        promote(across(from, to, options()), from, to);

        assertSame(to, "prod/app", image);
        assertThat(to.openUploads()).isZero();
    }

    private static void assertSame(InMemoryRegistry registry, String repository, TestImage image) {
        for (String tag : List.of("1.0-rc", "latest")) {
            assertThat(registry.digestOf(repository, tag)).contains(image.digest());
            assertThat(registry.mediaTypeOf(repository, tag)).contains(image.mediaType());
            assertThat(registry.manifestBytes(repository, tag)).contains(image.bytes());
        }
    }

    @Test
    void takesOneReadAndOneWriteForEachTargetWithinARepository() throws Exception {
        InMemoryRegistry registry = registry();
        registry.push("group/app", "1.0", TestImage.ociIndex(TestImage.oci(1), TestImage.oci(2)));

        promote(within(registry, List.of("a", "b", "c"), options()), registry);

        assertThat(count(registry, 401))
                .as("the first request finds out how to log in")
                .isEqualTo(1);
        assertThat(registry.requests().count("GET", "/token")).isEqualTo(1);
        assertThat(registry.requests().count("GET", "/v2/.*")).isEqualTo(2);
        assertThat(registry.requests().count("HEAD", "/v2/group/app/manifests/[abc]"))
                .isEqualTo(3);
        assertThat(registry.requests().count("PUT", "/v2/group/app/manifests/[abc]"))
                .isEqualTo(3);
        assertThat(registry.requests().count())
                .as(registry.requests().summary())
                .isEqualTo(1 + 1 + 1 + 3 + 1 + 3);
    }

    @Test
    void takesOneReadForEachManifestAndOneMountForEachBlobAcrossRepositories() throws Exception {
        InMemoryRegistry registry = registry();
        TestImage amd64 = TestImage.oci(1);
        TestImage arm64 = TestImage.oci(2);
        TestImage index = TestImage.ociIndex(amd64, arm64);
        registry.push("group/app", "1.0", index);
        int blobs = (int) Stream.of(amd64, arm64)
                .flatMap(i -> i.blobs().keySet().stream())
                .distinct()
                .count();

        promote(across(registry, registry, options()), registry);

        assertThat(registry.requests().count("GET", "/token")).isEqualTo(1);
        assertThat(registry.requests().count("GET", "/v2/group/app/manifests/.*"))
                .isEqualTo(1 + 3);
        assertThat(registry.requests().count("POST", "/v2/prod/app/blobs/uploads/"))
                .isEqualTo(blobs);
        assertThat(registry.requests().count("PUT", "/v2/prod/app/manifests/.*"))
                .isEqualTo(2 + 2);
        assertThat(registry.requests().count())
                .as(registry.requests().summary())
                .isEqualTo(1 + 1 + 3 + 2 + 1 + blobs + 4);
    }

    @Test
    void streamsWithinARegistryThatDoesNotMount() throws Exception {
        for (Quirk quirk : List.of(Quirk.NO_MOUNT, Quirk.FIRST_SCOPE_ONLY, Quirk.MOUNT_CHALLENGES_FOR_SOURCE)) {
            InMemoryRegistry registry = registry(quirk);
            TestImage image = TestImage.oci(1);
            registry.push("group/app", "1.0", image);

            promote(across(registry, registry, options()), registry);

            assertSame(registry, "prod/app", image);
            assertThat(registry.openUploads()).isZero();
        }
    }

    @Test
    void refusesToOverwriteAVersionAndChangesNothing() {
        InMemoryRegistry registry = registry();
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.push("group/app", "1.0-rc", TestImage.docker(2));

        assertThatThrownBy(() -> promote(within(registry, TARGETS, options()), registry))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll("group/app:1.0", "1.0-rc", "nothing was changed", "overwrite: true");

        assertThat(registry.digestOf("group/app", "1.0-rc"))
                .contains(TestImage.docker(2).digest());
        assertThat(registry.digestOf("group/app", "latest")).isEmpty();
        assertThat(registry.requests().count("PUT", ".*")).isZero();
    }

    @Test
    void movesLatestAndTellsWhatItWas() throws Exception {
        InMemoryRegistry registry = registry();
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.push("group/app", "latest", TestImage.docker(2));

        PromotionReceipt receipt = promote(within(registry, TARGETS, options()), registry);

        assertThat(receipt.targets())
                .containsExactly(
                        new PromotionReceipt.Target("1.0-rc", "", true),
                        new PromotionReceipt.Target(
                                "latest", TestImage.docker(2).digest(), true));
    }

    @Test
    void overwritesAVersionWhenToldTo() throws Exception {
        InMemoryRegistry registry = registry();
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.push("group/app", "1.0-rc", TestImage.docker(2));

        promote(within(registry, TARGETS, new Options(true, false, false)), registry);

        assertThat(registry.digestOf("group/app", "1.0-rc"))
                .contains(TestImage.docker(1).digest());
    }

    @Test
    void changesNothingTheSecondTime() throws Exception {
        InMemoryRegistry registry = registry();
        registry.push("group/app", "1.0", TestImage.docker(1));
        PromotionRequest request = across(registry, registry, new Options(false, true, false));
        promote(request, registry);
        registry.requests().clear();

        PromotionReceipt receipt = promote(request, registry);

        assertThat(receipt.targets()).allMatch(t -> !t.changed());
        assertThat(registry.requests().count("PUT|POST|PATCH|DELETE", ".*")).isZero();
    }

    @Test
    void plansOnlyInADryRun() throws Exception {
        InMemoryRegistry registry = registry();
        registry.push("group/app", "1.0", TestImage.docker(1));

        PromotionReceipt receipt = promote(within(registry, TARGETS, new Options(false, true, true)), registry);

        assertThat(receipt.dryRun()).isTrue();
        assertThat(receipt.targets()).allMatch(PromotionReceipt.Target::changed);
        assertThat(registry.tags("group/app")).containsExactly("1.0");
    }

    @Test
    void refusesAnImageThatIsNotTheExpectedOne() {
        InMemoryRegistry registry = registry();
        registry.push("group/app", "1.0", TestImage.docker(1));
        PromotionRequest request = within(registry, TARGETS, options())
                .expecting(Digest.parse(TestImage.docker(2).digest()));

        assertThatThrownBy(() -> promote(request, registry))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll(
                        TestImage.docker(1).digest(), TestImage.docker(2).digest(), "nothing was changed");
    }

    @Test
    void saysWhichImageIsMissing() {
        InMemoryRegistry registry = registry();
        registry.createRepository("group/app");

        assertThatThrownBy(() -> promote(within(registry, TARGETS, options()), registry))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContainingAll(registry.host() + "/group/app:1.0", "404");
    }

    /** Targets are written side by side: this one has its turn when the other is there. */
    private static Predicate<RecordedRequest> putAfter(
            InMemoryRegistry registry, String manifests, String tag, String other) {
        Predicate<RecordedRequest> stored =
                RecordedRequest.matching("PUT", manifests + other).and(put -> put.status() == 201);
        return RecordedRequest.matching("PUT", manifests + tag).and(put -> {
            registry.requests().await(stored);
            return true;
        });
    }

    @Test
    void putsBackTargetsWhenOneFails() {
        InMemoryRegistry registry = registry();
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.push("group/app", "latest", TestImage.docker(2));
        registry.onRequest(
                putAfter(registry, "/v2/group/app/manifests/", "broken", "new"),
                Fault.status(403).always());

        assertThatThrownBy(() -> promote(within(registry, List.of("new", "latest", "broken"), options()), registry))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll("403", "new removed again", "latest put back to", "broken still absent");

        assertThat(registry.digestOf("group/app", "latest"))
                .contains(TestImage.docker(2).digest());
        assertThat(registry.digestOf("group/app", "new")).isEmpty();
        assertThat(registry.digestOf("group/app", "broken")).isEmpty();
    }

    @Test
    void writesTagsThatCanBePutBackBeforeNewOnes() {
        InMemoryRegistry registry = registry(Quirk.DELETE_SWITCHED_OFF_405);
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.push("group/app", "latest", TestImage.docker(2));
        registry.onRequest(
                "PUT", "/v2/group/app/manifests/latest", Fault.status(403).always());

        assertThatThrownBy(() -> promote(within(registry, TARGETS, options()), registry))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll("1.0-rc still absent", "latest unchanged at");
    }

    @Test
    void takesANewTagAwayAgainByDockerHubsOwnApi() {
        InMemoryDockerHub hub = track(InMemoryDockerHub.builder()
                .registry(registry(Quirk.DELETE_SWITCHED_OFF_405))
                .user("ci", "secret")
                .start());
        hub.registry().push("technolog/serviceone", "1.0", TestImage.docker(1));
        hub.registry()
                .onRequest(
                        putAfter(hub.registry(), "/v2/technolog/serviceone/manifests/", "broken", "new"),
                        Fault.status(403).always());
        ImageName image = ImageName.parse("technolog/serviceone");
        PromotionRequest request =
                PromotionRequest.of(image, new Tag("1.0"), image, List.of("new", "broken"), options());

        assertThatThrownBy(() -> request.with(CI, CI).run(TestNetwork.of(hub).context()))
                .isInstanceOf(PromotionException.class)
                .hasMessageContaining("new removed again");
        assertThat(hub.registry().tags("technolog/serviceone")).containsExactly("1.0");
    }

    @Test
    void saysWhatStandsWhereWhenATargetCannotBePutBack() {
        InMemoryRegistry registry = registry(Quirk.DELETE_SWITCHED_OFF_405);
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.onRequest(
                putAfter(registry, "/v2/group/app/manifests/", "broken", "new"),
                Fault.status(403).always());
        String digest = TestImage.docker(1).digest().substring(0, 19);

        assertThatThrownBy(() -> promote(within(registry, List.of("new", "broken"), options()), registry))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll("new may point to " + digest, "could not be put back", "deletion is disabled");
    }

    @Test
    void leavesNoTargetBehindWhenTheContentCannotBeCopied() {
        InMemoryRegistry from = registry();
        InMemoryRegistry to = registry();
        from.push("group/app", "1.0", TestImage.docker(1));
        from.onRequest("GET", "/v2/group/app/blobs/.*", Fault.status(403).always());

        assertThatThrownBy(() -> promote(across(from, to, options()), from, to)).isInstanceOf(RegistryException.class);

        assertThat(to.tags("prod/app")).isEmpty();
    }

    @Test
    void copiesABlobAgainWhenItsStreamBreaks() throws Exception {
        InMemoryRegistry from = registry();
        InMemoryRegistry to = registry();
        // Large enough for the upload to be under way when the download breaks; what arrives at once is just asked for
        // again.
        TestImage image = TestImage.docker(1).withLayers(4_000_000);
        from.push("group/app", "1.0", image);
        String layer = List.copyOf(image.blobs().keySet()).get(1);
        from.onRequest("GET", "/v2/group/app/blobs/" + layer, Fault.closeMidBody());

        promote(across(from, to, options()), from, to);

        assertSame(to, "prod/app", image);
        assertThat(network.notices()).anyMatch(n -> n.contains("copying the blob again"));
    }

    @Test
    void showsEachRegistryItsOwnCredentialOnly() throws Exception {
        InMemoryRegistry from = track(
                InMemoryRegistry.builder().basic().user("reader", "read-secret").start());
        InMemoryRegistry to = track(InMemoryRegistry.builder()
                .basic()
                .user("writer", "write-secret")
                .start());
        from.push("group/app", "1.0", TestImage.docker(1));
        RegistryAuthentication reader = new Basic("reader", "read-secret");
        RegistryAuthentication writer = new Basic("writer", "write-secret");

        across(from, to, options())
                .with(reader, writer)
                .run(TestNetwork.of(from, to).context());

        assertThat(authorizations(from)).hasSize(1);
        assertThat(authorizations(to)).hasSize(1).doesNotContainAnyElementsOf(authorizations(from));
    }

    private static List<String> authorizations(InMemoryRegistry registry) {
        return registry.requests().all().stream()
                .flatMap(r -> r.authorization().stream())
                .distinct()
                .toList();
    }

    private static long count(InMemoryRegistry registry, int status) {
        return registry.requests().all().stream()
                .filter(r -> r.status() == status)
                .count();
    }

    @Test
    void reportsATagAsRemovedOnlyIfItIsGone() {
        InMemoryRegistry registry = registry();
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.onRequest(
                putAfter(registry, "/v2/group/app/manifests/", "broken", "new"),
                Fault.status(403).always());
        registry.onRequest(
                "DELETE", ".*", Fault.status(404).body("<html>Not Found</html>").always());

        assertThatThrownBy(() -> promote(within(registry, List.of("new", "broken"), options()), registry))
                .isInstanceOf(PromotionException.class)
                .hasMessageContaining(
                        "new still at " + TestImage.docker(1).digest().substring(0, 19))
                .satisfies(e -> assertThat(((PromotionException) e).undone())
                        .flatExtracting(UndoneReceipt::outcomes)
                        .extracting(UndoneReceipt.Outcome::standsAsPromoted)
                        .containsExactly(true, false));
        assertThat(registry.digestOf("group/app", "new"))
                .contains(TestImage.docker(1).digest());
    }

    @Test
    void putsBackWhateverKindOfFailureItIs() {
        for (Throwable failure : List.of(new IllegalStateException("a fault of ours"), new StackOverflowError())) {
            InMemoryRegistry registry = registry();
            registry.push("group/app", "1.0", TestImage.docker(1));
            registry.push("group/app", "latest", TestImage.docker(2));
            registry.push("group/app", "stable", TestImage.docker(2));
            registry.onRequest(putAfter(registry, "/v2/group/app/manifests/", "stable", "latest"), Fault.status(503));
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
            PromotionRequest request = within(registry, List.of("latest", "stable"), new Options(true, false, false))
                    .with(CI, CI);

            assertThatThrownBy(() -> request.run(TestNetwork.of(registry).context(breaking)))
                    .isInstanceOf(PromotionException.class)
                    .hasMessageContainingAll(failure.getClass().getName(), "latest put back to", "stable unchanged at");
            assertThat(registry.digestOf("group/app", "latest"))
                    .contains(TestImage.docker(2).digest());
        }
    }

    @Test
    void leavesATagThatSomebodyElseMovedWhileItWasPutBack() {
        InMemoryRegistry registry = registry();
        TestImage other = TestImage.docker(3);
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.push("group/app", "latest", TestImage.docker(2));
        registry.push("group/app", "stable", TestImage.docker(2));
        registry.onRequest(
                putAfter(registry, "/v2/group/app/manifests/", "stable", "latest"),
                Fault.status(403).always());
        // What the tag was before is read again just before it is put back.
        registry.onRequest(
                read -> {
                    if (read.method().equals("GET")
                            && read.path().endsWith(TestImage.docker(2).digest())) {
                        registry.push("group/app", "latest", other);
                    }
                    return false;
                },
                Fault.status(500));

        assertThatThrownBy(() -> promote(
                        within(registry, List.of("latest", "stable"), new Options(true, false, false)), registry))
                .hasMessageContaining(
                        "latest moved by another client to " + other.digest().substring(0, 19));
        assertThat(registry.digestOf("group/app", "latest")).contains(other.digest());
    }

    @Test
    void readsNoPlatformThatTheOtherRegistryHas() throws Exception {
        InMemoryRegistry from = registry();
        InMemoryRegistry to = registry();
        TestImage amd64 = TestImage.oci(1);
        TestImage arm64 = TestImage.oci(2);
        from.push("group/app", "1.0", TestImage.ociIndex(amd64, arm64));
        to.push("prod/app", "old", amd64);

        promote(across(from, to, options()), from, to);

        assertThat(from.requests().count("GET", "/v2/group/app/manifests/" + amd64.digest()))
                .isZero();
        assertThat(to.requests().count("HEAD", "/v2/prod/app/blobs/.*"))
                .isEqualTo(arm64.blobs().size());
    }

    @Test
    void asksForNineLayersThatAreThereAndMovesTheTenth() throws Exception {
        InMemoryRegistry from = registry();
        InMemoryRegistry to = registry();
        TestImage image = TestImage.oci(1).withLayers(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
        from.push("group/app", "1.0", image);
        to.push("prod/app", "old", image);
        to.deleteTag("prod/app", "old");
        to.deleteBlob("prod/app", List.copyOf(image.blobs().keySet()).get(10));
        PromotionRequest request = PromotionRequest.of(
                ImageReference.tagged(from.image("group/app"), new Tag("1.0")),
                to.image("prod/app"),
                List.of("{tag}"),
                options());

        promote(request, from, to);

        assertThat(from.requests().count("GET", "/v2/.*/(manifests|blobs)/.*"))
                .as("challenge, manifest and layer")
                .isEqualTo(3);
        assertThat(to.requests().count() - to.requests().count("GET", "/token"))
                .as("challenge, checks of the tag and of eleven blobs, upload in two requests, manifest")
                .isEqualTo(1 + 1 + 11 + 2 + 1);
    }

    private void promoteMountingFrom(String repository, InMemoryRegistry from, InMemoryRegistry to) throws Exception {
        network = TestNetwork.of(from)
                .and(new RegistryLocation(to.host(), to.uri(), to.uri(), "", 0, List.of(), repository));
        across(from, to, options()).with(CI, CI).run(network.context());
    }

    @Test
    void mountsWhatTheRepositoryOfTheAdministratorsChoiceHas() throws Exception {
        InMemoryRegistry from = registry();
        InMemoryRegistry to = registry();
        TestImage image = TestImage.oci(1).withLayers(1000, 2000, 3000);
        from.push("group/app", "1.0", image);
        to.push("base/java", "21", image);
        String own = List.copyOf(image.blobs().keySet()).get(3);
        to.deleteBlob("base/java", own);

        promoteMountingFrom("base/java", from, to);

        assertSame(to, "prod/app", image);
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
        InMemoryRegistry from = registry();
        InMemoryRegistry to = track(InMemoryRegistry.builder()
                .bearer()
                .user("ci", "secret")
                .allow("ci", "prod/*", "pull", "push")
                .start());
        TestImage image = TestImage.oci(1);
        from.push("group/app", "1.0", image);
        to.push("base/java", "21", image);

        promoteMountingFrom("base/java", from, to);

        assertSame(to, "prod/app", image);
        assertThat(to.openUploads()).isZero();
    }
}
