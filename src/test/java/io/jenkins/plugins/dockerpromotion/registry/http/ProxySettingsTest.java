package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.ProxySettings;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxySettingsTest {

    private static final ProxySettings PROXY = new ProxySettings(
            "proxy.example.com",
            3128,
            "jenkins",
            "marked-secret",
            List.of(Pattern.compile("registry\\.intern"), Pattern.compile(".*\\.corp")));

    @ParameterizedTest
    @CsvSource({
        "https://registry-1.docker.io/v2/, true",
        "http://registry.example.com, true",
        "https://registry.intern, false",
        "https://registry.intern.evil.test, true",
        "https://a.b.corp:5000, false",
        "http://localhost:5000, false",
        "http://127.0.0.1:5000, false",
        "http://[::1]:5000, false",
    })
    void goesThroughTheProxyUnlessTheHostIsExempt(String uri, boolean proxied) {
        URI target = URI.create(uri);
        assertThat(PROXY.appliesTo(target)).isEqualTo(proxied);
        assertThat(PROXY.authorizationFor(target).isPresent()).isEqualTo(proxied);
    }

    @Test
    void showsNoPassword() {
        assertThat(PROXY.toString() + PROXY.key()).doesNotContain("marked-secret", "jenkins");
        assertThat(ProxySettings.NONE).hasToString("no proxy");
    }

    @Test
    void needsNoPassword() {
        ProxySettings open = new ProxySettings("proxy.example.com", 3128, "", "", List.of());
        assertThat(open.authorizationFor(URI.create("https://a.test"))).isEmpty();
    }
}
