package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import io.jenkins.plugins.dockerpromotion.registry.http.SimulatedTime;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerHubTest {

    private static final String PASSWORD = "pass\"word\\é";
    private static final ImageName IMAGE = ImageName.parse("technolog/serviceone");

    private final InMemoryDockerHub hub = InMemoryDockerHub.builder()
            .user("ci", PASSWORD)
            .accessToken("technolog", "organisation-token")
            .twoFactorUser("careful", "marked-secret")
            .privateRepository("technolog/secret")
            .start();
    private final TestNetwork network = TestNetwork.of(hub);

    @AfterEach
    void close() {
        hub.close();
    }

    private void fill(ImageName image, int tags) {
        hub.registry()
                .addTags(
                        image.path(),
                        TestImage.docker(1),
                        IntStream.range(0, tags).mapToObj(i -> "2019.20." + i).toList());
    }

    private List<Tag> list(RegistryAuthentication authentication, ImageName image)
            throws RegistryException, InterruptedException {
        return DockerHub.open(authentication, network.context()).tags(image, Tags::new).names;
    }

    private static final class Tags implements Consumer<ListedTag> {
        private final List<Tag> names = new ArrayList<>();

        @Override
        public void accept(ListedTag listed) {
            names.add(listed.tag());
        }
    }

    private List<Tag> list() throws RegistryException, InterruptedException {
        return list(RegistryAuthentication.ANONYMOUS, IMAGE);
    }

    private static Predicate<RecordedRequest> page(int number) {
        return r -> r.parameters("page").equals(List.of(Integer.toString(number)));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "100, 1", "101, 2", "350, 4", "2000, 20"})
    void sendsOneRequestAHundredTags(int tags, int requests) throws Exception {
        fill(IMAGE, tags);
        assertThat(list()).hasSize(tags).doesNotHaveDuplicates();
        assertThat(hub.requests().count()).isEqualTo(requests);
    }

    @Test
    void listsOfficialImages() throws Exception {
        fill(ImageName.parse("debian"), 3);
        assertThat(list(RegistryAuthentication.ANONYMOUS, ImageName.parse("debian")))
                .hasSize(3);
    }

    @Test
    void readsAllPagesButTheFirstAtOnce() throws Exception {
        fill(IMAGE, 1000);
        hub.delayEveryRequest(Duration.ofMillis(200));
        list();
        assertThat(hub.requests().peakConcurrency()).isEqualTo(9);
        assertThat(hub.requests().all().get(0).parameters("page")).containsExactly("1");
    }

    @Test
    void logsInOnceForAPrivateRepository() throws Exception {
        ImageName secret = ImageName.parse("technolog/secret");
        fill(secret, 250);
        assertThat(list(new Basic("ci", PASSWORD), secret)).hasSize(250);
        assertThat(hub.requests().count()).isEqualTo(1 + 3);
        assertThatThrownBy(() -> list(RegistryAuthentication.ANONYMOUS, secret))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("private images look missing");
    }

    @Test
    void readsAgainWhenATagIsPushedMeanwhile() throws Exception {
        fill(IMAGE, 250);
        AtomicBoolean pushed = new AtomicBoolean();
        hub.onRequest(
                page(2).and(r -> {
                    if (pushed.compareAndSet(false, true)) {
                        hub.registry().push(IMAGE.path(), "pushed-meanwhile", TestImage.docker(2));
                    }
                    return false;
                }),
                Fault.status(500));
        assertThat(list()).hasSize(251).contains(new Tag("pushed-meanwhile"));
        assertThat(hub.requests().count()).isLessThanOrEqualTo(6);
    }

    @Test
    void readsAgainWhenPagesVanishMeanwhile() throws Exception {
        fill(IMAGE, 150);
        hub.onRequest(page(2), Fault.status(404));
        assertThat(list()).hasSize(150);
        assertThat(hub.requests().count()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {25, 10, 99, 1})
    void takesPagesOfWhateverSizeDockerHubSends(int size) throws Exception {
        try (InMemoryDockerHub other = InMemoryDockerHub.builder()
                .registry(hub.registry())
                .largestPage(size)
                .start()) {
            fill(IMAGE, 110);
            List<Tag> tags = DockerHub.open(
                            RegistryAuthentication.ANONYMOUS,
                            TestNetwork.of(other).context())
                    .tags(IMAGE, Tags::new)
                    .names;
            assertThat(tags).hasSize(110).doesNotHaveDuplicates();
            assertThat(other.requests().count()).isEqualTo((110 + size - 1) / size);
        }
    }

    @Test
    void takesAListThatIsTheSameTwiceThoughTheCountIsStale() throws Exception {
        hub.onRequest(
                page(1),
                Fault.replaceBody("{\"count\":3,\"results\":[{\"name\":\"1\"},{\"name\":\"2\"}]}")
                        .always());
        fill(IMAGE, 2);
        assertThat(list()).containsExactly(new Tag("1"), new Tag("2"));
    }

    @Test
    void refusesAListThatNeverHoldsStill() {
        fill(IMAGE, 150);
        hub.onRequest(page(2), Fault.status(404).always());
        assertThatThrownBy(this::list)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("nothing is done without a complete list");
    }

    @Test
    void refusesAnEmptyPageOfAListThatIsNotEmpty() {
        hub.onRequest(
                r -> true,
                Fault.status(200)
                        .body("{\"count\":3,\"next\":null,\"results\":[]}")
                        .always());
        assertThatThrownBy(this::list).hasMessageContaining("nothing is done without a complete list");
    }

    /**
     * One of the two API paths is not available: the documented one (as before Docker documented it) or the old one.
     */
    @ParameterizedTest
    @ValueSource(strings = {"/v2/namespaces/", "/v2/repositories/"})
    void worksWithOneFormOfAddresses(String gone) throws Exception {
        fill(IMAGE, 250);
        hub.onRequest(r -> r.path().startsWith(gone), Fault.status(404).always());
        DockerHub client = DockerHub.open(new Basic("ci", PASSWORD), network.context());
        ImageReference tagged = ImageReference.tagged(IMAGE, new Tag("2019.20.7"));
        assertThat(client.tags(IMAGE, Tags::new).names).hasSize(250);
        assertThat(client.tag(tagged)).isPresent();
        assertThat(client.deleteTag(tagged)).isTrue();
        assertThat(client.deleteTag(tagged)).isFalse();
        assertThat(client.tag(tagged)).isEmpty();
        assertThat(hub.registry().tags(IMAGE.path())).hasSize(249);
    }

    @Test
    void asksForATagOnceWhereTheAddressIsKnownToWork() throws Exception {
        fill(IMAGE, 1);
        DockerHub client = DockerHub.open(RegistryAuthentication.ANONYMOUS, network.context());
        client.tags(IMAGE, Tags::new);
        hub.requests().clear();
        assertThat(client.tag(ImageReference.tagged(IMAGE, new Tag("absent")))).isEmpty();
        assertThat(hub.requests().count()).isEqualTo(1);
    }

    @Test
    void failsWithTheFirstPageThatFails() {
        fill(IMAGE, 1000);
        hub.onRequest(page(5), Fault.status(403).always());
        assertThatThrownBy(this::list).isInstanceOf(RegistryException.class).hasMessageContaining("it answered 403");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "<html>",
                "{\"count\":1}",
                "{\"results\":[]}",
                "{\"count\":\"x\",\"results\":[]}",
                "{\"count\":-1,\"results\":[]}",
                "{\"count\":2000000000,\"results\":[]}",
                "{\"count\":99999999999999999999,\"results\":[]}",
            })
    void refusesWhatIsNoList(String body) {
        fill(IMAGE, 1);
        hub.onRequest(r -> true, Fault.replaceBody(body).always());
        assertThatThrownBy(this::list)
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("Cannot list the tags of technolog/serviceone on ");
    }

    @Test
    void saysHowFarALongListIs() throws Exception {
        fill(IMAGE, 250);
        hub.onRequest(page(1), Fault.status(429).header("Retry-After", "30").body("Too many requests"));
        list();
        assertThat(network.notices())
                .anyMatch(line ->
                        line.matches("Reading the tags of technolog/serviceone on Docker Hub: \\d+ of 250 so far"));
    }

    /** Number of tags, largest page size, and the minimum of minutes that the rate limit needs. */
    @ParameterizedTest
    @CsvSource({"30000, 100, 1", "30000, 25, 6"})
    void readsALongListAtThePaceThatDockerHubAllows(int tags, int largestPage, int minutes) throws Exception {
        SimulatedTime time = new SimulatedTime();
        try (InMemoryRegistry registry = InMemoryRegistry.builder()
                        .bearer()
                        .publicRepository("*")
                        .clock(time::now)
                        .start();
                InMemoryDockerHub slow = InMemoryDockerHub.builder()
                        .registry(registry)
                        .largestPage(largestPage)
                        .rateLimit(180, Duration.ofMinutes(1))
                        .start()) {
            registry.addTags(
                    IMAGE.path(),
                    TestImage.docker(1),
                    IntStream.range(0, tags).mapToObj(i -> "2019.20." + i).toList());
            Instant start = time.now();
            TestNetwork paced = TestNetwork.of(slow);

            List<Tag> found = DockerHub.open(RegistryAuthentication.ANONYMOUS, paced.context(time))
                    .tags(IMAGE, Tags::new)
                    .names;

            assertThat(found).hasSize(tags).doesNotHaveDuplicates();
            assertThat(Duration.between(start, time.now())).isGreaterThanOrEqualTo(Duration.ofMinutes(minutes));
            assertThat(paced.notices())
                    .anyMatch(line -> line.matches(
                            "Reading the tags of technolog/serviceone on Docker Hub: \\d+ of 30000 so far"));
            int pages = tags / largestPage;
            assertThat(slow.requests().count())
                    .as("refused at the end of a minute, at most: what was sent at the same moment")
                    .isBetween(pages, pages + (minutes + 1) * Parallel.PER_HOST);
        }
    }

    private String token(String name, String secret) throws RegistryException, InterruptedException {
        return DockerHub.token(new Basic(name, secret), network.context());
    }

    @ParameterizedTest
    @CsvSource({"ci, " + PASSWORD, "technolog, organisation-token"})
    void getsATokenWithOneRequest(String name, String secret) throws Exception {
        assertThat(token(name, secret)).isNotEmpty();
        assertThat(hub.requests().count("POST", "/v2/auth/token")).isEqualTo(1);
        assertThat(hub.requests().count()).isEqualTo(1);
    }

    @Test
    void explainsTwoFactorLogin() {
        assertThatThrownBy(() -> token("careful", "marked-secret"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageStartingWith("Cannot get a token for 'careful' on ")
                .hasMessageContainingAll("two-factor authentication", "access token")
                .hasMessageNotContaining("marked-secret");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void explainsAWrongPassword(boolean json) {
        if (!json) {
            hub.onRequest(r -> true, Fault.status(401).body("<html>who are you?</html>"));
        }
        assertThatThrownBy(() -> token("ci", "marked-secret"))
                .isInstanceOfSatisfying(
                        UnauthorizedException.class, e -> assertThat(e.status()).isEqualTo(401))
                .hasMessageContaining("wrong username, password or access token (401); check the credentials")
                .hasMessageNotContaining("marked-secret");
        assertThat(hub.requests().count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"access_token\":\"\"}", "{\"access_token\":\"a\\r\\nb\"}", "{\"access_token\":7}", "[]"
            })
    void refusesAnAnswerWithoutAUsableToken(String body) {
        hub.onRequest(r -> true, Fault.status(200).body(body));
        assertThatThrownBy(() -> token("ci", "marked-secret"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("no usable token");
    }
}
