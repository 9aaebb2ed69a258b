package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistryBuilder;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the wire, byte by byte, and what becomes of the connections. */
class HttpSenderTest {

    private final TestNetwork network = new TestNetwork();

    private static HttpCall call(String method, URI uri) {
        return new HttpCall("try", method, uri, Map.of(), RequestBody.NONE, Authorizer.NONE);
    }

    private HttpCaller caller() {
        return new HttpCaller(network.network(), "", network.time(), Notices.NONE, new Quotas());
    }

    private String text(HttpCall call) throws RegistryException, InterruptedException {
        return caller().call(call, answer -> new String(answer.bytes(1000), StandardCharsets.UTF_8));
    }

    /** Reads nothing of the body, like operations that look at status and headers only. */
    private static int status(HttpCaller caller, HttpCall call) throws RegistryException, InterruptedException {
        return caller.call(call, new Reading<>() {
            @Override
            public boolean accepts(int status) {
                return true;
            }

            @Override
            public Integer read(Answer answer) {
                return answer.status();
            }
        });
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
            HttpCaller caller = caller();
            for (int i = 0; i < 20; i++) {
                status(caller, call(method, server.uri()));
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
            status(caller(), call("GET", server.uri()));
            assertThat(server.clientLeaves()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT"})
    void announcesAnEmptyBody(String method) throws Exception {
        try (RawServer server = RawServer.answering(head -> "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")) {
            status(caller(), call(method, server.uri()));
            assertThat(server.requests().get(0)).contains("Content-Length: 0");
        }
    }

    @Test
    void sendsAStreamWithItsLength() throws Exception {
        try (RawServer server = RawServer.answering(head -> "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")) {
            RequestBody body = new RequestBody.Stream(
                    () -> new ByteArrayInputStream(new byte[100_000]), 100_000, "application/octet-stream");
            status(caller(), new HttpCall("try", "PUT", server.uri(), Map.of(), body, Authorizer.NONE));
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
            RequestBody body = new RequestBody.Stream(() -> broken, 100_000, "application/octet-stream");
            HttpCall call = new HttpCall("try", "PUT", server.uri(), Map.of(), body, Authorizer.NONE);
            assertThatThrownBy(() -> status(caller(), call))
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
            assertThat(server.requests().get(0).toLowerCase()).doesNotContain("accept-encoding");
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
        InMemoryRegistryBuilder builder = InMemoryRegistry.builder()
                .tls(TestCertificates.shared().flawedContext(TestCertificates.Flaw.OTHER_HOST));
        try (InMemoryRegistry registry = builder.start();
                TunnelProxy proxy = new TunnelProxy(
                        "HTTP/1.1 200 Connection established\r\n\r\n",
                        registry.uri().getPort())) {
            network.with(new ProxySettings("127.0.0.1", proxy.port(), "jenkins", "proxy-secret", List.of()));
            URI uri = URI.create("https://other.test/v2/");
            RegistryContext context = network.context();
            HttpCaller caller = new HttpCaller(
                    context.network(),
                    TestNetwork.testAuthority(),
                    context.time(),
                    context.notices(),
                    context.quotas());

            caller.call(HttpCall.getJson("try", uri, Authorizer.bearer("token", "")), Answer::status);

            assertThat(proxy.head()).startsWith("CONNECT other.test:443").doesNotContain("Bearer");
            assertThat(registry.requests().last().header("Authorization")).contains("Bearer token");
            assertThat(registry.requests().last().headers().keySet()).noneMatch(name -> name.startsWith("proxy"));
        }
    }

    @Test
    void saysHowAProxyThatWantsAPasswordForTlsCanBeUsed() throws Exception {
        try (RawServer proxy = RawServer.answering(
                head ->
                        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n")) {
            network.with(proxy(proxy, "jenkins", "proxy-secret"));
            assertThatThrownBy(() -> text(call("GET", URI.create("https://registry.test/v2/"))))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("-Djdk.http.auth.tunneling.disabledSchemes=")
                    .hasMessageNotContaining("proxy-secret");
            assertThat(proxy.requests().get(0)).startsWith("CONNECT registry.test:443");
        }
    }

    @Test
    void saysThatTheProxyRefusesTheCredentials() throws Exception {
        try (RawServer proxy = RawServer.answering(
                head ->
                        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n")) {
            network.with(proxy(proxy, "jenkins", "proxy-secret"));
            assertThatThrownBy(() -> text(call("GET", URI.create("http://registry.test/v2/"))))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("the proxy wants other credentials")
                    .hasMessageNotContaining("proxy-secret");
        }
    }

    @Test
    void saysThatTheProxyConnectsToNoSuchHostAndAsksItOnce() throws Exception {
        try (RawServer proxy = RawServer.answering(head -> "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")) {
            network.with(proxy(proxy, "", ""));
            assertThatThrownBy(() -> text(call("GET", URI.create("https://registry.test/v2/"))))
                    .hasMessageContaining(
                            "the proxy answered 403; check Jenkins' proxy configuration and what the proxy lets pass");
            assertThat(proxy.requests()).hasSize(1);
        }
    }

    private static ProxySettings proxy(RawServer proxy, String username, String password) {
        return new ProxySettings("127.0.0.1", proxy.uri().getPort(), username, password, List.of());
    }
}
