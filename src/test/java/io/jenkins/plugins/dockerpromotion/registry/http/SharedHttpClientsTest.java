package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.ref.WeakReference;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedHttpClientsTest {

    private static final Duration CONNECT = Duration.ofSeconds(7);

    private static HttpClient get(ProxySettings proxy) {
        return SharedHttpClients.get(proxy, "", CONNECT);
    }

    @Test
    void sharesAClientAmongEqualSettings() {
        ProxySettings proxy = new ProxySettings("proxy", 3128, "a", "b", List.of());
        ProxySettings otherUser = new ProxySettings("proxy", 3128, "c", "d", List.of());
        ProxySettings otherPort = new ProxySettings("proxy", 3129, "a", "b", List.of());
        HttpClient client = get(proxy);
        assertThat(get(proxy)).isSameAs(client);
        // Credentials go with each request, not with the client.
        assertThat(get(otherUser)).isSameAs(client);
        assertThat(get(otherPort)).isNotSameAs(client);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no certificate",
                " ",
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----"
            })
    void takesNothingElseThanCertificatesForAnAuthority(String pem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SharedHttpClients.get(ProxySettings.NONE, pem, CONNECT))
                .withMessageContaining("certificate authority");
    }

    @Test
    void keepsNoClientThatNobodyUses() throws Exception {
        try (RawServer server = RawServer.answering(head -> "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) {
            WeakReference<HttpClient> client = usedOnce(server);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (client.get() != null && System.nanoTime() < deadline) {
                System.gc();
            }
            assertThat(client.get()).isNull();
        }
    }

    /** Leaves an idle connection behind, like every call. */
    private static WeakReference<HttpClient> usedOnce(RawServer server) throws Exception {
        TestNetwork network = new TestNetwork().with(TestNetwork.SHORT);
        new HttpCaller(network.network(), "", network.time(), Notices.NONE, new Quotas())
                .call(HttpCall.getJson("try", server.uri(), Authorizer.NONE), answer -> answer.bytes(10));
        return new WeakReference<>(SharedHttpClients.get(ProxySettings.NONE, "", TestNetwork.SHORT.connect()));
    }
}
