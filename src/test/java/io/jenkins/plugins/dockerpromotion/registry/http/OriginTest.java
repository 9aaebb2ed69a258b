package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.List;
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

    @ParameterizedTest
    @CsvSource({
        // registry, realm, may be asked for a token, may get the credentials
        "https://registry-1.docker.io, https://auth.docker.io, true, true",
        "https://ghcr.io, https://ghcr.io, true, true",
        "https://registry.gitlab.com, https://gitlab.com, true, true",
        "https://registry.example.com, https://gitlab.example.com, true, true",
        "https://registry.example.com:5000, https://registry.example.com, true, true",
        "https://registry.bmw.de, https://auth.bmw.de, true, true",
        "https://registry.example.co.uk, https://auth.example.co.uk, true, true",
        "https://registry.example.com.au, https://auth.example.com.au, true, true",
        "https://registry.example.co.uk, https://evil.co.uk, true, false",
        "https://registry.example.com.au, https://evil.com.au, true, false",
        "https://registry.example.com, https://evil.test, true, false",
        "https://registry.example.com, https://registry.example.com.evil.test, true, false",
        "https://registry.example.com, https://evilexample.com, true, false",
        "https://registry, https://auth, true, false",
        "https://registry, https://registry, true, true",
        "https://10.0.0.1, https://10.0.0.1:5001, true, true",
        "https://registry.db.de, https://gitlab.db.de, true, true",
        "https://a.github.io, https://b.github.io, true, false",
        "https://registry.example.ac.uk, https://auth.example.ac.uk, true, true",
        "https://rg.fr-par.scw.cloud, https://api.scaleway.com, true, true",
        "https://scw.cloud.evil.test, https://api.scaleway.com, true, false",
        "https://nvcr.io, https://authn.nvidia.com, true, true",
        "https://evilnvcr.io, https://authn.nvidia.com, true, false",
        "https://registry.example.com, https://127.0.0.1, false, false",
        "https://registry.example.com, https://localhost, false, false",
        "https://registry.example.com, https://10.1.2.3, false, false",
        "https://registry.example.com, https://172.20.1.1, false, false",
        "https://registry.example.com, https://172.33.1.1, true, false",
        "https://registry.example.com, https://192.168.0.1, false, false",
        "https://registry.example.com, https://169.254.169.254, false, false",
        "https://registry.example.com, https://100.100.0.1, false, false",
        "https://registry.example.com, https://[::1], false, false",
        "https://registry.example.com, https://[fe80::1], false, false",
        "https://registry.example.com, https://[fd00::1], false, false",
        "https://registry.example.com, https://[::ffff:10.0.0.1], false, false",
        "https://10.example.com, https://10.0.0.1.example.com, true, true",
        "https://10.0.0.1, https://11.0.0.1, true, false",
        "https://1.2.0.1, https://9.9.0.1, true, false",
        "https://[2001:db8::1], https://[2001:db8::2], true, false",
        "https://registry.example.com, http://registry.example.com, false, false",
        "https://registry.example.com, http://127.0.0.1, false, false",
        "http://registry.example.com, http://registry.example.com:5001, true, true",
        "http://registry.example.com, http://auth.example.com, false, false",
        "http://registry.example.com, https://auth.example.com, true, true",
        "http://127.0.0.1:5000, http://127.0.0.1:5001, true, true",
        "http://localhost:5000, http://127.0.0.1:5001, true, true",
        "http://localhost:5000, http://evil.test, false, false",
    })
    void decidesWhoMayAskForThePassword(String registry, String realm, boolean asked, boolean credential) {
        Origin from = Origin.of(URI.create(registry));
        Origin to = Origin.of(URI.create(realm));
        assertThat(to.mayBeAskedForTokens(from, List.of())).isEqualTo(asked);
        assertThat(to.mayReceiveCredentials(from, List.of())).isEqualTo(credential);
    }

    @ParameterizedTest
    @CsvSource({
        "https://gitlab.acme.net, true",
        "https://gitlab.acme.net:8443, true",
        "http://gitlab.acme.net, false",
        "https://evil.acme.net, false",
        "https://auth.acme.org:8443, true",
        "https://auth.acme.org, false",
        "https://10.0.0.7, true",
        "https://10.0.0.8, false",
    })
    void believesTheAdministratorWhoListsAService(String service, boolean credential) {
        List<String> listed = List.of("gitlab.acme.net", "auth.acme.org:8443", "10.0.0.7");
        Origin registry = Origin.of(URI.create("https://registry.example.com"));
        assertThat(Origin.of(URI.create(service)).mayReceiveCredentials(registry, listed))
                .isEqualTo(credential);
    }
}
