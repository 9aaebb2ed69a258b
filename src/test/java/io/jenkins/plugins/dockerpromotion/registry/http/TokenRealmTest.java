package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenRealmTest {

    @ParameterizedTest
    @CsvSource({
        // registry, realm, may be asked, may get the credential
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
        assertThat(TokenRealm.mayBeAsked(from, to)).isEqualTo(asked);
        assertThat(TokenRealm.mayReceiveCredentials(from, to)).isEqualTo(credential);
    }

    @Test
    void leavesOutWhatIsNotSent() {
        assertThat(TokenRealm.parse("https://auth.example.com/token?a=b#c"))
                .hasToString("https://auth.example.com/token?a=b");
    }
}
