package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.HostRules;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostRulesTest {

    @ParameterizedTest
    @CsvSource({
        "docker.io, https://auth.docker.io, true",
        "docker.io, https://registry-1.docker.io, true",
        "docker.io, https://hub.docker.com, true",
        "docker.io, https://evil.docker.io.example.com, false",
        "*.Example.com, https://a.example.com, true",
        "*.Example.com, https://example.com, false",
        "*.Example.com, https://badexample.com, false",
        "*.Example.com, https://a.example.com:8443, false",
        "other.org:5000, https://other.org:5000, true",
        "other.org:5000, https://other.org, false",
        "other.org:443, https://other.org, true",
    })
    void allowHosts(String entry, URI address, boolean allowed) {
        assertThat(new HostRules(List.of("else.test", entry)).allow(Origin.of(address)))
                .isEqualTo(allowed);
    }

    @Test
    void refusesAnEntryThatIsNoHost() {
        assertThatThrownBy(() -> new HostRules(List.of("https://example.com")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
