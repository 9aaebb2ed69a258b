package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginTest {

    @ParameterizedTest
    @CsvSource({
        "https://registry.example.com, https://registry.example.com:443/v2/, true",
        "https://Registry.Example.com, https://registry.example.com/x?y#z, true",
        "http://registry.example.com, http://registry.example.com:80, true",
        "https://registry.example.com, http://registry.example.com, false",
        "https://registry.example.com, https://registry.example.com:5000, false",
        "https://registry.example.com, https://registry.example.com.evil.test, false",
        "https://registry.example.com, https://registry.example.com@evil.test, false",
        "http://127.0.0.1:1, http://127.0.0.1:2, false",
    })
    void isSchemeHostAndPort(String one, String other, boolean same) {
        assertThat(Origin.of(URI.create(one)).equals(Origin.of(URI.create(other))))
                .isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:5000, true",
        "http://127.0.0.1, true",
        "http://127.1.2.3:80, true",
        "http://[::1]:5000, true",
        "http://localhost.evil.test, false",
        "http://127.0.0.1.evil.test, false",
        "http://10.0.0.1, false",
        "http://registry.local, false",
    })
    void knowsThisMachine(String uri, boolean loopback) {
        assertThat(Origin.of(URI.create(uri)).isLoopback()).isEqualTo(loopback);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "/v2/",
                "ftp://example.com",
                "https:registry",
                "jar:file:x!/",
                "//host/x",
                "http://host:65536/"
            })
    void isOfHttpAddressesOnly(String uri) {
        assertThatIllegalArgumentException().isThrownBy(() -> Origin.of(URI.create(uri)));
    }
}
