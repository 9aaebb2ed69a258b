package io.jenkins.plugins.dockerpromotion.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dockerpromotion.notification.CallbackMessage.State;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallbackMessageTest {

    private static final String IMAGE = "technolog/serviceone";
    private static final CallbackMessage MESSAGE =
            new CallbackMessage(State.SUCCESS, "promoted", "folder/job", "https://jenkins.example.com/job/x/1/");

    private final InMemoryDockerHub hub = InMemoryDockerHub.builder()
            .tls(TestCertificates.shared().serverContext())
            .start();
    private final TestNetwork network = TestNetwork.of(hub);

    @AfterEach
    void close() {
        hub.close();
    }

    private void send(CallbackMessage message) throws RegistryException, InterruptedException {
        CallbackAddress.parse(hub.callbackUrl(IMAGE), Set.of(hub.host())).send(message, network.context());
    }

    @Test
    void postsTheMessageOnceWithoutAnyCredential() throws Exception {
        send(MESSAGE);
        assertThat(hub.callbacks()).singleElement().satisfies(json -> {
            assertThat(json.get("state").asText()).isEqualTo("success");
            assertThat(json.get("description").asText()).isEqualTo("promoted");
            assertThat(json.get("context").asText()).isEqualTo("folder/job");
            assertThat(json.get("target_url").asText()).isEqualTo("https://jenkins.example.com/job/x/1/");
        });
        assertThat(hub.requests().count()).isEqualTo(1);
        assertThat(hub.requests().last().headers())
                .containsKeys("content-type", "user-agent", "host")
                .doesNotContainKeys("authorization", "cookie", "proxy-authorization");
    }

    @Test
    void triesAgainAndSaysSo() throws Exception {
        hub.onRequest(r -> true, Fault.status(503).times(2));
        send(MESSAGE);
        assertThat(hub.callbacks()).hasSize(1);
        assertThat(hub.requests().count()).isEqualTo(3);
        assertThat(network.notices())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("Cannot report the build result on ")
                        .contains("503", "retrying"));
    }

    @Test
    void doesNotTryAgainWhatIsRefused() {
        hub.onRequest(r -> true, Fault.status(404).body("{\"detail\":\"no such hook\"}"));
        assertThatThrownBy(() -> send(MESSAGE))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("it answered 404 (no such hook)");
        assertThat(hub.requests().count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void followsNoRedirectToAnotherHost(int status) {
        try (InMemoryDockerHub other = InMemoryDockerHub.start()) {
            hub.onRequest("POST", "/u/.*", Fault.status(status).header("Location", other.uri() + "/elsewhere"));
            assertThatThrownBy(() -> send(MESSAGE)).isInstanceOf(RegistryException.class);
            assertThat(other.requests().count()).isZero();
        }
    }

    @Test
    void needsNoPlaceAmongTheAllowedHostsOfImages() throws Exception {
        try (InMemoryDockerHub other = InMemoryDockerHub.start()) {
            network.allowing(other);
            send(MESSAGE);
            assertThat(hub.callbacks()).hasSize(1);
        }
    }

    @Test
    void cutsTextsToWhatDockerHubTakes() throws Exception {
        JsonNode json = sent(new CallbackMessage(State.ERROR, "😀".repeat(300), "é".repeat(101), ""));
        assertThat(json.get("state").asText()).isEqualTo("error");
        assertThat(json.get("description").asText()).isEqualTo("😀".repeat(254) + "…");
        assertThat(json.get("context").asText()).isEqualTo("é".repeat(99) + "…");
        assertThat(json.has("target_url")).isFalse();
    }

    @Test
    void leavesTextsThatFitAsTheyAre() throws Exception {
        JsonNode json = sent(new CallbackMessage(State.FAILURE, "😀".repeat(255), "é".repeat(100), "x"));
        assertThat(json.get("description").asText()).isEqualTo("😀".repeat(255));
        assertThat(json.get("context").asText()).isEqualTo("é".repeat(100));
    }

    private JsonNode sent(CallbackMessage message) throws RegistryException, InterruptedException {
        send(message);
        return hub.callbacks().get(0);
    }

    @Test
    void knowsTheThreeStates() {
        assertThat(State.parse("failure")).isEqualTo(State.FAILURE);
        assertThatThrownBy(() -> State.parse("SUCCESS")).hasMessageContaining("'success', 'failure' or 'error'");
    }
}
