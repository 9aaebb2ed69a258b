package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.testing.Content;
import io.jenkins.plugins.dockerpromotion.testing.CpuTime;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PinnedSenderTest {

    private static final String HOOK = "/u/a/b/hook/c/";

    private final InMemoryDockerHub hub = InMemoryDockerHub.builder()
            .tls(TestCertificates.shared().serverContext())
            .start();
    private final TestNetwork network = TestNetwork.of(hub).with(TestNetwork.SHORT);

    @AfterEach
    void close() {
        hub.close();
    }

    private static List<InetAddress> address(String text) throws IOException {
        return List.of(InetAddress.getByName(text));
    }

    private static HttpCall post(URI uri) {
        return new HttpCall(
                "try",
                "POST",
                uri,
                Map.of(),
                new RequestBody.Bytes("{\"state\":\"success\"}".getBytes(StandardCharsets.UTF_8), "application/json"),
                Authorizer.NONE);
    }

    private int send(URI uri, Addresses addresses) throws RegistryException, InterruptedException {
        RegistryContext context = network.context();
        return HttpCaller.pinned(
                        context.network(), TestNetwork.testAuthority(), addresses, context.time(), context.notices())
                .call(post(uri), Answer::status);
    }

    private URI hook() {
        return hub.uri().resolve(HOOK);
    }

    private URI byName() {
        return URI.create("https://localhost:" + hub.uri().getPort() + HOOK);
    }

    @Test
    void connectsToTheAddressItWasGivenWhateverTheNameStandsFor() throws Exception {
        assertThat(send(byName(), call -> address("127.0.0.1"))).isEqualTo(200);
        assertThatThrownBy(() -> send(byName(), call -> address("127.0.0.2")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("the connection was refused");
        assertThat(hub.requests().count()).isEqualTo(1);
        assertThat(hub.requests().last().header("Host"))
                .contains("localhost:" + hub.uri().getPort());
    }

    @Test
    void takesTheNextAddressIfOneDoesNotAnswer() throws Exception {
        assertThat(send(
                        byName(),
                        call -> List.of(InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.1"))))
                .isEqualTo(200);
    }

    @Test
    void asksForTheAddressAgainWhenItTriesAgainAndSendsNothingWhereItIsRefused() {
        AtomicInteger asked = new AtomicInteger();
        hub.onRequest(r -> true, Fault.status(503).always());
        Addresses changing = call -> {
            if (asked.incrementAndGet() > 1) {
                throw new RegistryException(call.failureText("it moved"));
            }
            return address("127.0.0.1");
        };
        assertThatThrownBy(() -> send(byName(), changing)).hasMessageEndingWith("it moved");
        assertThat(asked).hasValue(2);
        assertThat(hub.requests().count()).isEqualTo(1);
    }

    @Test
    void sendsNothingToAHostWhoseCertificateIsForAnother() {
        URI other = URI.create("https://hub.docker.com:" + hub.uri().getPort() + HOOK);
        assertThatThrownBy(() -> send(other, call -> address("127.0.0.1")))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        e -> assertThat(e.isTemporary()).isFalse())
                .hasMessageContaining("its TLS certificate or protocol is not accepted");
        assertThat(hub.requests().count()).isZero();
    }

    @Test
    void sendsNothingInPlainText() {
        assertThatThrownBy(() -> send(URI.create("http://localhost/"), call -> address("127.0.0.1")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsNoMoreOfALargeAnswerThanAnErrorHas() throws Exception {
        byte[] tenMegabytes = Content.generated(1, 10_000_000).bytes();
        hub.onRequest(r -> true, Fault.replaceBody(tenMegabytes));
        assertThat(send(hook(), call -> address("127.0.0.1"))).isEqualTo(200);
        hub.onRequest(r -> true, Fault.status(400).body("{\"detail\":\"" + "x".repeat(10_000_000) + "\"}"));
        assertThatThrownBy(() -> send(hook(), call -> address("127.0.0.1"))).hasMessageEndingWith("it answered 400");
    }

    @Test
    void saysWhatAnErrorSays() {
        hub.onRequest(r -> true, Fault.status(400).body("{\"detail\":\"no\\nsuch\\nhook\"}"));
        assertThatThrownBy(() -> send(hook(), call -> address("127.0.0.1")))
                .hasMessageEndingWith("it answered 400 (no such hook)");
    }

    @Test
    void givesUpOnAServerThatSaysNothing() {
        hub.onRequest(r -> true, Fault.hang().always());
        assertThatThrownBy(() -> send(hook(), call -> address("127.0.0.1")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("silent for 0 s");
        assertThat(hub.requests().count()).isEqualTo(TestNetwork.SHORT.attempts());
    }

    @Test
    void givesUpOnAServerThatNeverEnds() throws Exception {
        network.with(new Timing(
                Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofSeconds(10), 1, Duration.ofSeconds(1)));
        try (RawTls server = new RawTls(out -> {
            for (int i = 0; i < 1000; i++) {
                out.write('H');
                out.flush();
                Thread.sleep(20);
            }
        })) {
            assertThatThrownBy(() -> send(server.uri(), call -> address("127.0.0.1")))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("no whole answer within 1 s");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/2 200\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
                "HTTP/1.1 200 OK\r\n",
                ""
            })
    void saysThatAnAnswerIsNoHttp(String answer) throws Exception {
        try (RawTls server = RawTls.answering(answer)) {
            assertThatThrownBy(() -> send(server.uri(), call -> address("127.0.0.1")))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageStartingWith("Cannot try on ");
        }
    }

    @Test
    void limitsTheHeaders() throws Exception {
        String header = "X: " + "x".repeat(1000) + "\r\n";
        try (RawTls server = RawTls.answering("HTTP/1.1 200 OK\r\n" + header.repeat(40) + "\r\n")) {
            assertThatThrownBy(() -> send(server.uri(), call -> address("127.0.0.1")))
                    .hasMessageContaining("the headers are larger than 32768 bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.0 204 \r\nX:\r\nx: y\r\n\r\n",
                "HTTP/1.1 204\n\n",
            })
    void readsAnswersOfEveryForm(String answer) throws Exception {
        try (RawTls server = RawTls.answering(answer)) {
            assertThat(send(server.uri(), call -> address("127.0.0.1"))).isEqualTo(204);
        }
    }

    @Test
    void endsAtOnceWhenItsThreadIsInterrupted() throws Exception {
        network.with(new Timing(
                Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMinutes(5), 1, Duration.ofSeconds(1)));
        hub.onRequest(r -> true, Fault.hang().always());
        FutureTask<Integer> sending = new FutureTask<>(() -> send(hook(), call -> address("127.0.0.1")));
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            sending.run();
            interrupted.countDown();
        });
        thread.start();
        hub.requests().await(r -> true);
        thread.interrupt();
        interrupted.await();
        assertThatThrownBy(sending::get).hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void readsAHeaderOfManyBlanksInNoTime() throws Exception {
        byte[] head = ("HTTP/1.1 200 OK\r\nX: a" + " ".repeat(30_000) + "b \r\n\r\n").getBytes(StandardCharsets.UTF_8);
        CpuTime.within(
                FuzzInput.LIMIT,
                () -> assertThat(ResponseHead.read(new ByteArrayInputStream(head))
                                .headers()
                                .firstValue("X"))
                        .hasValueSatisfying(value -> assertThat(value).endsWith(" b")));
    }

    @Test
    void goesThroughTheProxyWhichResolvesTheName() throws Exception {
        try (TunnelProxy proxy = new TunnelProxy(
                "HTTP/1.1 200 Connection established\r\n\r\n", hub.uri().getPort())) {
            network.with(new ProxySettings("127.0.0.1", proxy.port(), "jenkins", "proxy-secret", List.of()));
            URI uri = URI.create("https://unresolvable.invalid" + HOOK);
            // The name is the proxy's matter; that the certificate is checked is seen by its refusal.
            assertThatThrownBy(() -> send(uri, call -> {
                        throw new AssertionError("not asked for where a proxy resolves");
                    }))
                    .hasMessageContaining("its TLS certificate or protocol is not accepted");
            assertThat(proxy.head())
                    .startsWith("CONNECT unresolvable.invalid:443 HTTP/1.1\r\n")
                    .contains("Proxy-Authorization: Basic amVua2luczpwcm94eS1zZWNyZXQ=\r\n");
        }
    }

    @Test
    void saysThatTheProxyRefuses() throws Exception {
        try (TunnelProxy proxy = new TunnelProxy("HTTP/1.1 403 Forbidden\r\n\r\n", 0)) {
            network.with(new ProxySettings("127.0.0.1", proxy.port(), "", "", List.of()));
            assertThatThrownBy(() -> send(URI.create("https://registry.test/"), call -> List.of()))
                    .hasMessageContaining("the proxy answered 403; check Jenkins' proxy configuration");
        }
    }

    @Test
    void trustsThePlatformsAuthoritiesUnlessToldMore() {
        RegistryContext context = network.context();
        assertThatThrownBy(() -> HttpCaller.pinned(
                                context.network(), "", call -> address("127.0.0.1"), context.time(), context.notices())
                        .call(post(hook()), Answer::status))
                .hasMessageContaining("its TLS certificate or protocol is not accepted");
        assertThatCode(() -> send(hook(), call -> address("127.0.0.1"))).doesNotThrowAnyException();
    }

    /** Sends to whoever connects by TLS, once the request's head is there, whatever a test wants. */
    private static final class RawTls implements AutoCloseable {
        private final ServerSocket server;

        RawTls(Script script) throws IOException {
            server = TestCertificates.shared()
                    .serverContext()
                    .getServerSocketFactory()
                    .createServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
            serve(server, socket -> {
                head(socket);
                script.write(socket.getOutputStream());
            });
        }

        static RawTls answering(String answer) throws IOException {
            return new RawTls(out -> out.write(answer.getBytes(StandardCharsets.ISO_8859_1)));
        }

        URI uri() {
            return URI.create("https://127.0.0.1:" + server.getLocalPort() + "/");
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    static String head(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                throw new IOException("no request");
            }
            head.append((char) b);
        }
        return head.toString();
    }

    static void serve(ServerSocket server, Conversation conversation) {
        Thread thread = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    conversation.with(socket);
                } catch (IOException | InterruptedException e) {
                    // The client left, or the test is over.
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    interface Conversation {
        void with(Socket socket) throws IOException, InterruptedException;
    }

    private interface Script {
        void write(OutputStream out) throws IOException, InterruptedException;
    }
}
