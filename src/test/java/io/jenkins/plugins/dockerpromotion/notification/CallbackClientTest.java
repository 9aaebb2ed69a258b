package io.jenkins.plugins.dockerpromotion.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dockerpromotion.notification.CallbackMessage.State;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallbackClientTest {

    private static final String IMAGE = "technolog/serviceone";
    private static final String OWN = "https://registry.hub.docker.com/u/technolog/serviceone/hook/abc/";
    private static final CallbackMessage MESSAGE =
            new CallbackMessage(State.SUCCESS, "promoted", "folder/job", "https://jenkins.example.com/job/x/1/");

    private final InMemoryDockerHub hub = InMemoryDockerHub.builder()
            .tls(TestCertificates.shared().serverContext())
            .start();
    private final TestNetwork network = TestNetwork.of(hub);
    private final List<String> resolved = new ArrayList<>();

    @AfterEach
    void close() {
        hub.close();
    }

    private CallbackAddress listed() {
        return CallbackAddress.parse(hub.callbackUrl(IMAGE), Set.of(hub.host()));
    }

    private void send(CallbackAddress address, String... answers) throws RegistryException, InterruptedException {
        new CallbackClient(network.context(), host -> {
                    resolved.add(host);
                    List<InetAddress> addresses = new ArrayList<>();
                    for (String answer : answers) {
                        addresses.add(InetAddress.getByName(answer));
                    }
                    return addresses;
                })
                .send(address, MESSAGE);
    }

    @Test
    void postsTheMessageOnceWithoutAnyCredential() throws Exception {
        send(listed(), "127.0.0.1");
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
        assertThat(resolved).containsExactly("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "169.254.169.254",
                "10.1.2.3",
                "192.168.0.1",
                "0.0.0.0",
                "224.0.0.1",
                "::1",
                "fe80::1"
            })
    void sendsNothingToANameThatStandsForAnAddressOfThisNetwork(String address) {
        CallbackAddress own = CallbackAddress.parse(OWN, Set.of());
        assertThatThrownBy(() -> send(own, address))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("Cannot answer the push on registry.hub.docker.com: its name stands for ")
                .hasMessageEndingWith("which is no address of the Internet; nothing was sent");
        assertThat(resolved).hasSize(1);
        assertThat(network.notices()).isEmpty();
    }

    @Test
    void sendsNothingIfOneOfTheAddressesIsOfThisNetwork() {
        CallbackAddress own = CallbackAddress.parse(OWN, Set.of());
        assertThatThrownBy(() -> send(own, "8.8.8.8", "127.0.0.1"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("127.0.0.1, which is no address of the Internet");
    }

    @Test
    void looksAtTheAddressAndNotAtTheCertificateAlone() {
        // The host has a certificate that is trusted; it is not listed.
        CallbackAddress inside = new CallbackAddress(URI.create(hub.callbackUrl(IMAGE)), false);
        assertThatThrownBy(() -> send(inside, "127.0.0.1")).isInstanceOf(RegistryException.class);
        assertThat(hub.requests().count()).isZero();
    }

    @Test
    void triesAgainAndSaysSo() throws Exception {
        hub.onRequest(r -> true, Fault.status(503).times(2));
        send(listed(), "127.0.0.1");
        assertThat(hub.callbacks()).hasSize(1);
        assertThat(hub.requests().count()).isEqualTo(3);
        assertThat(network.notices())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("Cannot answer the push on ")
                        .contains("503", "trying again"));
        assertThat(resolved).as("each attempt asks once where to").hasSize(3);
    }

    @Test
    void doesNotTryAgainWhatIsRefused() {
        hub.onRequest(r -> true, Fault.status(404).body("{\"detail\":\"no such hook\"}"));
        assertThatThrownBy(() -> send(listed(), "127.0.0.1"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("it answered 404 (no such hook)");
        assertThat(hub.requests().count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void followsNoRedirect(int status) {
        String elsewhere = hub.uri() + "/elsewhere";
        hub.onRequest(
                RecordedRequest.matching("POST", "/u/.*"), Fault.status(status).header("Location", elsewhere));
        assertThatThrownBy(() -> send(listed(), "127.0.0.1"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("it answered " + status);
        assertThat(hub.requests().count()).isEqualTo(1);
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
        new CallbackClient(network.context(), host -> List.of(InetAddress.getLoopbackAddress()))
                .send(listed(), message);
        return hub.callbacks().get(0);
    }

    @Test
    void endsAtOnceWhenItIsAbortedWhileTheNameServiceIsSilent() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CallbackClient client = new CallbackClient(network.context(), host -> {
            asked.countDown();
            // As Java waits for a name service: an interrupt changes nothing.
            while (over.getCount() > 0) {
                LockSupport.parkNanos(1_000_000);
                Thread.interrupted();
            }
            return List.of();
        });
        Thread sending = new Thread(() -> thrown.set(catchThrowable(() -> client.send(listed(), MESSAGE))));
        sending.start();
        asked.await();

        sending.interrupt();
        sending.join(5_000);

        over.countDown();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(hub.requests().count()).isZero();
    }

    @Test
    void knowsTheThreeStates() {
        assertThat(State.parse("failure")).isEqualTo(State.FAILURE);
        assertThatThrownBy(() -> State.parse("SUCCESS")).hasMessageContaining("'success', 'failure' or 'error'");
    }
}
