package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.ProxySettings;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest.RequestBody;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the bytes on the wire, and the reuse and end of connections. */
class HttpTransportTest {

    private final TestNetwork network = new TestNetwork();

    private static RegistryRequest call(String method, URI uri) {
        return RegistryRequest.of("try", method, uri);
    }

    private HttpTransport transport() {
        return new HttpTransport(network.context(), "");
    }

    private String text(RegistryRequest call) throws RegistryException, InterruptedException {
        return transport()
                .call(call, Authorizer.NONE, answer -> new String(answer.bytes(1000), StandardCharsets.UTF_8));
    }

    /** Does not read the body, like operations that need only the status and the headers. */
    private static int status(HttpTransport transport, RegistryRequest call)
            throws RegistryException, InterruptedException {
        return transport.call(call.accepting(status -> true), Authorizer.NONE, Answer::status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            })
    void readsBodiesOfEveryForm(String answer) throws Exception {
        try (RawServer server = RawServer.answering(head -> answer)) {
            assertThat(text(call("GET", server.uri()))).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD,'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n'",
        "HEAD,'HTTP/1.1 401 Unauthorized\r\nContent-Length: 150\r\n\r\n'",
        "HEAD,'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n'",
        "GET,'HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nnever'",
        "GET,'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nnever\r\n0\r\n\r\n'",
        "DELETE,'HTTP/1.1 204 No Content\r\n\r\n'",
        "DELETE,'HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n'",
        "POST,'HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n'",
    })
    void usesOneConnectionThoughNobodyReadsTheBodies(String method, String answer) throws Exception {
        try (RawServer server = RawServer.answering(head -> answer)) {
            HttpTransport transport = transport();
            for (int i = 0; i < 20; i++) {
                status(transport, call(method, server.uri()));
            }
            assertThat(server.requests()).hasSize(20);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void closesTheConnectionOfALargeBodyThatNobodyReads() throws Exception {
        String much = "x".repeat(1000);
        try (RawServer server = RawServer.answering(
                head -> "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + much.repeat(1000))) {
            status(transport(), call("GET", server.uri()));
            assertThat(server.clientLeaves()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT"})
    void announcesAnEmptyBody(String method) throws Exception {
        try (RawServer server = RawServer.answering(head -> "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")) {
            status(transport(), call(method, server.uri()));
            assertThat(server.requests().get(0)).contains("Content-Length: 0");
        }
    }

    @Test
    void sendsAStreamWithItsLength() throws Exception {
        try (RawServer server = RawServer.answering(head -> "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")) {
            RequestBody body = new RequestBody(
                    () -> new ByteArrayInputStream(new byte[100_000]), 100_000, "application/octet-stream", false);
            status(transport(), call("PUT", server.uri()).body(body));
            assertThat(server.requests())
                    .singleElement()
                    .asString()
                    .contains("Content-Length: 100000", "Content-Type: application/octet-stream")
                    .doesNotContain("chunked");
        }
    }

    @Test
    void saysWhatBrokeWhenAStreamCannotBeReadToItsEnd() throws Exception {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the source broke off");
            }
        };
        try (RawServer server = RawServer.answering(head -> "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")) {
            RequestBody body = new RequestBody(() -> broken, 100_000, "application/octet-stream", false);
            RegistryRequest call = call("PUT", server.uri()).body(body);
            assertThatThrownBy(() -> status(transport(), call))
                    .isInstanceOfSatisfying(
                            RegistryException.class,
                            e -> assertThat(e.isTemporary()).isTrue())
                    .hasMessageContaining("the source broke off")
                    .hasMessageNotContaining("Exception");
        }
    }

    @Test
    void refusesAnswersThatAreCompressedUnasked() throws Exception {
        try (RawServer server = RawServer.answering(
                head -> "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok")) {
            assertThatThrownBy(() -> text(call("GET", server.uri())))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("compressed");
            assertThat(server.requests().get(0).toLowerCase()).contains("accept-encoding: identity");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 abc\r\n\r\n"})
    void saysThatAnAnswerIsNoHttp(String answer) throws Exception {
        try (RawServer server = RawServer.answering(head -> answer)) {
            assertThatThrownBy(() -> text(call("GET", server.uri())))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageStartingWith("Cannot try on http://" + server.host() + ": ");
        }
    }

    @Test
    void asksThroughTheProxyWithItsCredentials() throws Exception {
        try (RawServer proxy = RawServer.answering(head -> "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) {
            network.with(proxy(proxy, "jenkins", "proxy-secret"));
            assertThat(text(call("GET", URI.create("http://registry.test/v2/"))))
                    .isEqualTo("ok");
            assertThat(proxy.requests().get(0))
                    .startsWith("GET http://registry.test/v2/ HTTP/1.1")
                    .contains("Proxy-Authorization: Basic amVua2luczpwcm94eS1zZWNyZXQ=");
        }
    }

    @Test
    void keepsTheProxysCredentialsFromHostsThatAreAskedDirectly() throws Exception {
        try (RawServer server = RawServer.answering(head -> "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                RawServer proxy = RawServer.silent()) {
            network.with(proxy(proxy, "jenkins", "proxy-secret"));
            text(call("GET", server.uri()));
            assertThat(proxy.requests()).isEmpty();
            assertThat(server.requests().get(0)).doesNotContain("Proxy-");
        }
    }

    @Test
    void keepsTheProxysCredentialsFromTheHostBehindATunnel() throws Exception {
        InMemoryRegistry.Builder builder = InMemoryRegistry.builder()
                .tls(TestCertificates.shared().flawedContext(TestCertificates.Flaw.OTHER_HOST));
        try (InMemoryRegistry registry = builder.start();
                TunnelProxy proxy = new TunnelProxy(
                        "HTTP/1.1 200 Connection established\r\n\r\n",
                        registry.uri().getPort())) {
            network.with(new ProxySettings("127.0.0.1", proxy.port(), "jenkins", "proxy-secret", List.of()));
            URI uri = URI.create("https://other.test/v2/");
            RegistryContext context = network.context();
            HttpTransport transport = new HttpTransport(context, TestNetwork.testAuthority());

            transport.call(
                    RegistryRequest.getJson("try", uri),
                    Authorizer.of(new RegistryAuthentication.Bearer("token"), ""),
                    Answer::status);

            assertThat(proxy.head()).startsWith("CONNECT other.test:443").doesNotContain("Bearer");
            assertThat(registry.requests().last().header("Authorization")).contains("Bearer token");
            assertThat(registry.requests().last().headers().keySet()).noneMatch(name -> name.startsWith("proxy"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void saysThatTheProxyRefusesTheCredentials(String scheme) throws Exception {
        try (RawServer proxy = RawServer.answering(
                head ->
                        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n")) {
            network.with(proxy(proxy, "jenkins", "proxy-secret"));
            assertThatThrownBy(() -> text(call("GET", URI.create(scheme + "://registry.test/v2/"))))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("the proxy requires other credentials")
                    .hasMessageNotContaining("proxy-secret");
            assertThat(proxy.requests())
                    .anyMatch(head -> head.contains("Proxy-Authorization: Basic amVua2luczpwcm94eS1zZWNyZXQ="));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 503})
    void takesNoAnswerOfTheProxyForOneOfTheRegistry(int status) throws Exception {
        try (RawServer proxy =
                RawServer.answering(head -> "HTTP/1.1 " + status + " No\r\nContent-Length: 5\r\n\r\nnever")) {
            network.with(proxy(proxy, "", ""));
            assertThatThrownBy(() -> status(transport(), call("GET", URI.create("https://registry.test/v2/"))))
                    .isInstanceOfSatisfying(
                            RegistryException.class,
                            e -> assertThat(e.isTemporary()).isEqualTo(status == 503))
                    .isNotInstanceOf(NotFoundException.class)
                    .hasMessageContaining("the proxy answered " + status);
        }
    }

    @Test
    void givesTheProxyItsPasswordForATunnelWithoutAnOptionOfJava() throws Exception {
        InMemoryRegistry.Builder builder = InMemoryRegistry.builder()
                .tls(TestCertificates.shared().flawedContext(TestCertificates.Flaw.OTHER_HOST));
        try (InMemoryRegistry registry = builder.start();
                TunnelProxy proxy = TunnelProxy.wantingPassword(registry.uri().getPort())) {
            network.with(new ProxySettings("127.0.0.1", proxy.port(), "jenkins", "proxy-secret", List.of()));
            HttpTransport transport = new HttpTransport(network.context(), TestNetwork.testAuthority());

            transport.call(
                    RegistryRequest.getJson("try", URI.create("https://other.test/v2/")),
                    Authorizer.NONE,
                    Answer::status);

            assertThat(proxy.head()).contains("Proxy-Authorization: Basic amVua2luczpwcm94eS1zZWNyZXQ=");
            assertThat(registry.requests().last().headers().keySet()).noneMatch(name -> name.startsWith("proxy"));
        }
    }

    @ParameterizedTest
    @CsvSource({"POST, 307", "POST, 308", "POST, 301", "PUT, 307", "PATCH, 307", "DELETE, 302"})
    void followsARedirectOfWhatIsWrittenOnTheSameOriginAlone(String method, int status) throws Exception {
        try (RawServer other = RawServer.answering(head -> "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
                RawServer server = RawServer.answering(head -> head.contains(" /elsewhere ")
                        ? redirect(status, other.uri() + "/there")
                        : head.contains(" /here ")
                                ? redirect(status, "/there")
                                : "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")) {
            RequestBody body = RequestBody.of(new byte[] {'x'}, "text/plain");
            Scope scope = Scope.pullAndPush("group/app");
            assertThat(status(
                            transport(),
                            call(method, server.uri().resolve("/here"))
                                    .body(body)
                                    .needing(scope)))
                    .isEqualTo(201);
            assertThat(server.requests().get(1)).startsWith(method + " /there ").contains("Content-Length: 1");
            assertThat(status(
                            transport(),
                            call(method, server.uri().resolve("/elsewhere"))
                                    .body(body)
                                    .needing(scope)))
                    .isEqualTo(status);
            assertThat(other.requests()).isEmpty();
        }
    }

    private static String redirect(int status, String location) {
        return "HTTP/1.1 " + status + " Redirect\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
    }

    @Test
    void waitsForTheServerToTakeRequestsAgainAndSaysSoOnce() throws Exception {
        long reset = network.time().now().getEpochSecond() + 42;
        try (RawServer server = RawServer.answering(head -> "HTTP/1.1 200 OK\r\nX-RateLimit-Limit: 180\r\n"
                + "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: " + reset + "\r\nContent-Length: 0\r\n\r\n")) {
            RegistryContext context = network.context();
            HttpTransport transport = context.transport(RegistryLocation.plain(server.host()));
            status(transport, call("GET", server.uri()));
            assertThat(network.time().pauses()).isEmpty();
            status(transport, call("GET", server.uri()));
            status(transport, call("GET", server.uri()));
            assertThat(network.time().pauses())
                    .singleElement()
                    .satisfies(pause -> assertThat(pause.toSeconds()).isBetween(42L, 48L));
            assertThat(network.notices()).singleElement().asString().contains("now for 42 s");
        }
    }

    @Test
    void saysThatTheProxyConnectsToNoSuchHostAndAsksItOnce() throws Exception {
        try (RawServer proxy = RawServer.answering(head -> "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")) {
            network.with(proxy(proxy, "", ""));
            assertThatThrownBy(() -> text(call("GET", URI.create("https://registry.test/v2/"))))
                    .hasMessageContaining(
                            "the proxy answered 403; check Jenkins' proxy configuration and the hosts that it allows");
            assertThat(proxy.requests()).hasSize(1);
        }
    }

    private static ProxySettings proxy(RawServer proxy, String username, String password) {
        return new ProxySettings("127.0.0.1", proxy.uri().getPort(), username, password, List.of());
    }
}
