package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests changes to the description page of a Docker Hub repository, and the number of requests. */
class DockerHubPageTest {

    private static final String NAME = "technolog/serviceone";
    private static final ImageName IMAGE = ImageName.parse(NAME);
    private static final String PAGE = "/v2/namespaces/technolog/repositories/serviceone";
    private static final Basic LOGIN = new Basic("ci", "marked-secret");

    private final InMemoryDockerHub hub =
            InMemoryDockerHub.builder().user("ci", "marked-secret").start();
    private final TestNetwork network = TestNetwork.of(hub);

    DockerHubPageTest() {
        hub.registry().push(NAME, "1.0", TestImage.docker(1));
        hub.writePage(NAME, "Serves one", "# Service one\n\nBy people.\n");
    }

    @AfterEach
    void close() {
        hub.close();
    }

    private boolean change(String description, String text, String section)
            throws RegistryException, InterruptedException {
        return DockerHub.open(LOGIN, network.context()).changePage(IMAGE, new PageChange(description, text, section));
    }

    private int patches() {
        return hub.requests().count("PATCH", PAGE);
    }

    @Test
    void writesASectionAndLeavesTheRestAsItIs() throws Exception {
        assertThat(change("", "1.0 is in production", "jenkins")).isTrue();
        assertThat(hub.fullDescription(NAME))
                .isEqualTo("# Service one\n\nBy people.\n\n<!-- jenkins begin -->\n1.0 is in production\n"
                        + "<!-- jenkins end -->");
        assertThat(hub.description(NAME)).isEqualTo("Serves one");
        assertThat(hub.requests().count()).isEqualTo(1 + 2);
    }

    @Test
    void changesNothingTheSecondTime() throws Exception {
        change("Serves 1.0", "1.0 is in production", "jenkins");
        hub.requests().clear();
        assertThat(change("Serves 1.0", "\r\n1.0 is in production\r\n", "jenkins"))
                .isFalse();
        assertThat(hub.requests().count()).isEqualTo(1 + 1);
        assertThat(patches()).isZero();
    }

    @Test
    void sendsOnlyTheDescriptionThatDiffers() throws Exception {
        AtomicBoolean edited = new AtomicBoolean();
        hub.onRequest(
                RecordedRequest.matching("PATCH", PAGE).and(r -> {
                    hub.writePage(NAME, "Serves one", "edited meanwhile");
                    return edited.getAndSet(true);
                }),
                Fault.status(500));
        change("Serves 1.0", "", "jenkins");
        assertThat(hub.description(NAME)).isEqualTo("Serves 1.0");
        assertThat(hub.fullDescription(NAME)).isEqualTo("edited meanwhile");
    }

    @Test
    void replacesTheWholePageIfThatIsWanted() throws Exception {
        change("", "# New\n\n<!-- jenkins begin -->\n<!-- jenkins end -->", "");
        assertThat(hub.fullDescription(NAME)).isEqualTo("# New\n\n<!-- jenkins begin -->\n<!-- jenkins end -->");
    }

    @Test
    void readsThePageAgainBeforeItTriesAgain() throws Exception {
        hub.onRequest(
                RecordedRequest.matching("PATCH", PAGE).and(r -> {
                    if (patches() == 1) {
                        hub.writePage(NAME, "Serves one", "edited meanwhile");
                    }
                    return true;
                }),
                Fault.status(503));
        assertThat(change("", "1.0", "jenkins")).isTrue();
        assertThat(hub.fullDescription(NAME)).startsWith("edited meanwhile\n\n<!-- jenkins begin -->");
        assertThat(hub.requests().count()).isEqualTo(1 + 4);
    }

    @Test
    void findsThatItWasDoneWhenOnlyTheAnswerIsLost() throws Exception {
        hub.onRequest(RecordedRequest.matching("PATCH", PAGE), Fault.loseAnswer());
        assertThat(change("", "1.0", "jenkins")).isTrue();
        assertThat(patches()).isEqualTo(1);
    }

    @Test
    void givesUpAfterThreeAttempts() {
        hub.onRequest(RecordedRequest.matching("PATCH", PAGE), Fault.status(503).always());
        assertThatThrownBy(() -> change("", "1.0", "jenkins"))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("Cannot change the page of " + NAME + " on ")
                .hasMessageContaining("503");
        assertThat(patches()).isEqualTo(3);
    }

    @Test
    void sendsNothingToAPageWithDamagedMarkers() {
        hub.writePage(NAME, "", "<!-- jenkins begin -->");
        assertThatThrownBy(() -> change("x", "1.0", "jenkins"))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("Cannot change the page of " + NAME + " on " + hub.host() + ": the markers of");
        assertThat(patches()).isZero();
    }

    @Test
    void saysHowLongAPageWouldBe() throws Exception {
        hub.writePage(NAME, "", "x".repeat(24_990));
        assertThatThrownBy(() -> change("", "é", "jenkins"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining(
                        "with the section 'jenkins' the page would have 25038 bytes (25037 characters), but"
                                + " Docker Hub accepts at most 25000 bytes");
        assertThat(patches()).isZero();
        hub.writePage(NAME, "", "x".repeat(24_952));
        assertThat(change("", "é", "jenkins")).isTrue();
        assertThat(hub.fullDescription(NAME)).hasSize(24_999);
    }

    @Test
    void keepsSpacesAtTheBeginningOfALine() throws Exception {
        change("", " \n    code\n\n", "");
        assertThat(hub.fullDescription(NAME)).isEqualTo("    code");
    }

    @Test
    void saysWhoMayNotChangeThePage() {
        hub.access().allow("ci", "technolog/*", "pull");
        assertThatThrownBy(() -> change("x", "", ""))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContainingAll("403", "'ci'")
                .hasMessageNotContaining("marked-secret");
        assertThat(patches()).isEqualTo(1);
    }

    @Test
    void saysThatNobodyWithoutLoginMayChangeIt() {
        assertThatThrownBy(() -> DockerHub.open(RegistryAuthentication.ANONYMOUS, network.context())
                        .changePage(IMAGE, new PageChange("x", "", "")))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("401");
    }

    @Test
    void saysThatThereIsNoSuchRepository() {
        assertThatThrownBy(() -> DockerHub.open(LOGIN, network.context())
                        .changePage(ImageName.parse("technolog/other"), new PageChange("x", "", "")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("technolog/other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "<html>", "{\"description\":\"\"}", "{\"full_description\":\"\"}"})
    void takesNothingThatIsNoPageForAnEmptyOne(String body) {
        hub.onRequest(RecordedRequest.matching("GET", PAGE), Fault.replaceBody(body));
        assertThatThrownBy(() -> change("x", "y", "jenkins")).isInstanceOf(RegistryException.class);
        assertThat(patches()).isZero();
    }

    /** Statuses of Docker Hub for an unknown path or an unsupported method. */
    @ParameterizedTest
    @ValueSource(ints = {404, 405, 410, 501})
    void fallsBackToTheOldAddresses(int status) throws Exception {
        hub.onRequest(
                r -> r.path().startsWith("/v2/namespaces/"),
                Fault.status(status).always());
        assertThat(change("", "1.0", "jenkins")).isTrue();
        assertThat(hub.requests().count("PATCH", "/v2/repositories/technolog/serviceone/"))
                .isEqualTo(1);
        assertThat(hub.fullDescription(NAME)).contains("1.0");
    }

    @Test
    void fallsBackForEachMethodByItself() throws Exception {
        hub.onRequest(RecordedRequest.matching("PATCH", PAGE), Fault.status(405).always());
        assertThat(change("", "1.0", "jenkins")).isTrue();
        assertThat(hub.requests().all())
                .extracting(r -> r.method() + " " + r.path())
                .containsExactly(
                        "POST /v2/auth/token",
                        "GET " + PAGE,
                        "PATCH " + PAGE,
                        "PATCH /v2/repositories/technolog/serviceone/");
    }

    @Test
    void takesNullForAnEmptyPage() throws Exception {
        hub.onRequest(
                RecordedRequest.matching("GET", PAGE),
                Fault.replaceBody("{\"description\":null,\"full_description\":null}"));
        assertThat(change("", "1.0", "jenkins")).isTrue();
        assertThat(hub.fullDescription(NAME)).startsWith("<!-- jenkins begin -->");
    }

    @Test
    void readsTheLongestPageHoweverItIsEscaped() throws Exception {
        hub.onRequest(
                RecordedRequest.matching("GET", PAGE),
                Fault.replaceBody("{\"description\":\"\",\"full_description\":\"" + "\\u0001".repeat(24_900) + "\"}"));
        assertThat(change("", "1.0", "jenkins")).isTrue();
    }
}
