package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks the exact number of requests of the operations that make up a promotion. */
class RequestCountTest extends ClientTest {

    private static final Basic CI = new Basic("ci", "secret");

    RequestCountTest() {
        super(InMemoryRegistry.builder().bearer().user("ci", "secret"));
    }

    /** Returns a client that knows the token service, but has no valid token for {@code scopes} yet. */
    private RegistryClient knowingTheRealm(Scope... scopes) throws Exception {
        RegistryClient client = client(CI, scopes);
        client.digestOf(ImageReference.tagged(image("warm-up"), new Tag("1.0")));
        registry.expireTokens();
        network.time().advance(Duration.ofHours(1));
        registry.requests().clear();
        return client;
    }

    private List<String> methods() {
        return registry.requests().all().stream()
                .map(r -> r.path().equals("/token") ? "token" : r.method())
                .toList();
    }

    @Test
    void findsTheDigestOfATagWithTheTokenAndOneRequestWithoutContent() throws Exception {
        registry.push("group/app", "1.0", TestImage.docker(1));
        RegistryClient client = knowingTheRealm(Scope.pull("group/app"));
        assertThat(client.digestOf(tagged("1.0"))).isPresent();
        assertThat(methods()).containsExactly("token", "HEAD");
        assertThat(registry.requests().all("HEAD", ".*").get(0).responseBytes()).isZero();
    }

    @Test
    void looksForATagOfAnUnknownRepositoryOnce() throws Exception {
        RegistryClient client = knowingTheRealm(Scope.pull("group/app"));
        assertThat(client.digestOfProbablyNew(tagged("1.0"))).isEmpty();
        assertThat(methods()).containsExactly("token", "GET");
        registry.push("group/app", "1.0", TestImage.docker(1));
        assertThat(client.digestOfProbablyNew(tagged("1.0")))
                .contains(Digest.parse(TestImage.docker(1).digest()));
        assertThat(client.digestOfProbablyNew(tagged("1.1"))).isEmpty();
        assertThat(methods())
                .as("once a manifest is known, HEAD is tried with it")
                .containsExactly("token", "GET", "GET", "HEAD", "HEAD");
    }

    @Test
    void asksARegistryWithoutListsOfReferrersOnce() throws Exception {
        try (InMemoryRegistry old =
                InMemoryRegistry.builder().with(Quirk.NO_REFERRERS_API).start()) {
            ImageName app = ImageName.parse(old.host() + "/group/app");
            RegistryClient client =
                    RegistryClient.open(app, CI, Set.of(), TestNetwork.of(old).context());
            for (int i = 0; i < 3; i++) {
                client.referrers(ImageReference.pinned(
                        app, Digest.parse(TestImage.docker(i).digest())));
            }
            assertThat(old.requests().count("GET", ".*/referrers/.*")).isEqualTo(1);
            assertThat(old.requests().count("GET", ".*/manifests/sha256-.*")).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "5, 13"})
    void promotesWithinARepository(int targets, int requests) throws Exception {
        registry.push("group/app", "1.0", TestImage.docker(1));
        RegistryClient client = knowingTheRealm(Scope.pullAndPush("group/app"));
        Manifest manifest = client.pull(tagged("1.0"));
        for (int i = 0; i < targets; i++) {
            client.digestOf(tagged("target-" + i));
            client.push(tagged("target-" + i), manifest);
        }
        assertThat(registry.requests().count()).isEqualTo(requests);
        assertThat(registry.requests().bytes()
                        - registry.requests().all("GET", "/token").get(0).responseBytes())
                .isEqualTo((1 + targets) * (long) TestImage.docker(1).size());
    }

    @Test
    void copiesBetweenRepositoriesWithOneTokenAndNoBytesOfBlobs() throws Exception {
        TestImage index = TestImage.ociIndex(TestImage.oci(1), TestImage.oci(2));
        registry.push("group/source", "1.0", index);
        RegistryClient client = knowingTheRealm(Scope.pullAndPush("group/app"), Scope.pull("group/source"));
        Manifest root = client.pull(ImageReference.tagged(image("source"), new Tag("1.0")));
        int blobs = 0;
        for (var child : root.children()) {
            Manifest manifest = client.pull(ImageReference.pinned(image("source"), child.digest()));
            for (var blob : manifest.blobs()) {
                blobs++;
                assertThat(client.mount(image("app"), blob.digest(), image("source")))
                        .isEmpty();
            }
            client.push(ImageReference.pinned(image("app"), child.digest()), manifest);
        }
        client.push(tagged("1.0"), root);
        assertThat(registry.requests().count()).isEqualTo(1 + (1 + 2) + blobs + (2 + 1));
        assertThat(registry.requests().blobBytesDown() + registry.requests().blobBytesUp())
                .isZero();
        assertThat(registry.digestOf("group/app", "1.0")).contains(index.digest());
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1000, 3", "100, 25"})
    void listsTagsInPagesOfTheSizeAnAdministratorWants(int pageSize, int requests) throws Exception {
        registry.addTags("group/app", TestImage.docker(1), tags(2500));
        TestNetwork small = new TestNetwork()
                .and(new RegistryLocation(
                        registry.host(), registry.uri(), registry.uri(), "", pageSize, List.of(), ""));
        AtomicInteger found = new AtomicInteger();
        ImageTags.toRead(image("app"), CI, small.context())
                .<Consumer<ListedTag>>read(() -> tag -> found.incrementAndGet());
        assertThat(found).hasValue(2500);
        assertThat(registry.requests().all("GET", ".*/tags/list")).hasSize(requests + 1);
        assertThat(registry.requests().count()).isEqualTo(requests + 2);
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "100, 4", "50, 7", "20, 18"})
    void listsTagsOfDockerHubInPagesOfTheSizeAnAdministratorWants(int pageSize, int requests) throws Exception {
        try (InMemoryDockerHub hub = InMemoryDockerHub.start()) {
            hub.registry().addTags("technolog/serviceone", TestImage.docker(1), tags(350));
            TestNetwork small = new TestNetwork()
                    .and(new RegistryLocation(
                            ImageName.DOCKER_HUB, hub.registry().uri(), hub.uri(), "", pageSize, List.of(), ""));
            AtomicInteger found = new AtomicInteger();
            ImageTags.toRead(ImageName.parse("technolog/serviceone"), RegistryAuthentication.ANONYMOUS, small.context())
                    .<Consumer<ListedTag>>read(() -> tag -> found.incrementAndGet());
            assertThat(found).hasValue(350);
            assertThat(hub.requests().count()).isEqualTo(requests);
        }
    }

    @Test
    void asksARegistryOfThisMachineForItsSchemeOnce() throws Exception {
        registry.push("group/app", "1.0", TestImage.docker(1));
        RegistryClient client = RegistryClient.open(image("app"), CI, Set.of(), new TestNetwork().context());
        Digest digest = client.digestOf(tagged("1.0")).orElseThrow();
        assertThat(digest).hasToString(TestImage.docker(1).digest());
        assertThat(methods()).containsExactly("GET", "HEAD", "token", "HEAD");
    }

    private static List<String> tags(int count) {
        return IntStream.range(0, count).mapToObj(i -> "2019.20." + i).toList();
    }
}
