package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryAuthenticationTest {

    @Test
    void showsNoSecret() {
        assertThat(new Basic("ci", "marked-secret")).hasToString("Basic[ci, ****]");
        assertThat(new Bearer("marked-secret")).hasToString("Bearer[****]");
        assertThat(Authorizer.of(new Bearer("marked-secret"), "advice").toString())
                .doesNotContain("marked-secret");
    }

    @Test
    void isSentAsTheStandardsSay() {
        assertThat(new Basic("ci", "pässword").header()).contains("Basic Y2k6cMOkc3N3b3Jk");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX: y", "a\n", "a\u0000", "\u007f", "a\u0085b"})
    void takesNothingThatCouldBreakOutOfAHeader(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Basic("ci", value))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(value));
        assertThatIllegalArgumentException().isThrownBy(() -> new Basic(value, "secret"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Bearer(value))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "ä"})
    void takesTokensOfOneWordOnly(String token) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Bearer(token));
    }

    @Test
    void takesNoColonInAUserName() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Basic("a:b", "secret"));
    }
}
