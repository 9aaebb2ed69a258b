package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.HostRules;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostRulesTest {

    @Test
    void dockerHubStandsForItsOwnHostsAlone() {
        HostRules rules = new HostRules(List.of("docker.io"));
        assertThat(rules.allow(origin("https://auth.docker.io"))).isTrue();
        assertThat(rules.allow(origin("https://registry-1.docker.io"))).isTrue();
        assertThat(rules.allow(origin("https://hub.docker.com"))).isTrue();
        assertThat(rules.allow(origin("https://evil.docker.io.example.com"))).isFalse();
    }

    @Test
    void aStarStandsForNamesBelowADomainAndAPortForItself() {
        HostRules rules = new HostRules(List.of("*.Example.com", "other.org:5000"));
        assertThat(rules.allow(origin("https://a.example.com"))).isTrue();
        assertThat(rules.allow(origin("https://example.com"))).isFalse();
        assertThat(rules.allow(origin("https://badexample.com"))).isFalse();
        assertThat(rules.allow(origin("https://a.example.com:8443"))).isFalse();
        assertThat(rules.allow(origin("https://other.org:5000"))).isTrue();
        assertThat(rules.allow(origin("https://other.org"))).isFalse();
        assertThat(new HostRules(List.of("other.org:443")).allow(origin("https://other.org")))
                .isTrue();
    }

    @Test
    void refusesAnEntryThatIsNoHost() {
        assertThatThrownBy(() -> new HostRules(List.of("https://example.com")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noRequestFollowsARedirectToAHostThatIsNotAllowed() throws Exception {
        AtomicInteger reached = new AtomicInteger();
        HttpServer second = server(0, "", reached);
        String target = "http://127.0.0.1:" + second.getAddress().getPort() + "/";
        HttpServer first = server(307, target, new AtomicInteger());
        try {
            String home = "127.0.0.1:" + first.getAddress().getPort();
            Network network = Network.usual().with(new HostRules(List.of(home)));
            HttpTransport transport =
                    new HttpTransport(new RegistryContext(network, Timekeeper.SYSTEM, Notices.NONE), "");
            for (String uri : List.of("http://" + home + "/", target)) {
                RegistryRequest get = RegistryRequest.getJson("try", URI.create(uri));
                assertThatThrownBy(() -> transport.call(get, Authorizer.NONE, Answer::status))
                        .isInstanceOf(RegistryException.class)
                        .hasMessageContaining("is not among the allowed registry hosts");
            }
            assertThat(reached).hasValue(0);
        } finally {
            first.stop(0);
            second.stop(0);
        }
    }

    private static HttpServer server(int status, String location, AtomicInteger count) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            count.incrementAndGet();
            if (!location.isEmpty()) {
                exchange.getResponseHeaders().set("Location", location);
            }
            exchange.sendResponseHeaders(status == 0 ? 200 : status, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static Origin origin(String uri) {
        return Origin.of(URI.create(uri));
    }
}
