package io.jenkins.plugins.dockerpromotion.dockerconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryKeyTest {

    @ParameterizedTest
    @CsvSource({
        "'',                               https://index.docker.io/v1/",
        "docker.io,                        https://index.docker.io/v1/",
        "https://index.docker.io/v1/,      https://index.docker.io/v1/",
        "https://registry-1.docker.io,     https://index.docker.io/v1/",
        "registry.example.com,             registry.example.com",
        "Registry.Example.com:5000,        registry.example.com:5000",
        "https://registry.example.com/,    registry.example.com",
        "https://registry.example.com/v2/, registry.example.com",
        "http://localhost:5000,            localhost:5000",
        "127.0.0.1:5000,                   127.0.0.1:5000",
        "[::1]:5000,                       [::1]:5000",
    })
    void keepsALoginWhereTheDockerClientLooksForIt(String registry, String key) {
        assertThat(RegistryKey.of(registry).inAuths()).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry.example.com/group/app",
                "ftp://registry.example.com",
                "registry..example.com",
                "a b",
                "-registry.example.com",
                "registry.example.com:port",
                "\"",
                "registry.example.com\nx",
                "https://",
                "registry.example.com?x=y",
            })
    void refusesWhatIsNoRegistry(String registry) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegistryKey.of(registry))
                .withMessageContaining("is not a registry")
                .withMessageNotContaining("\n");
    }

    @Test
    void doesNotRepeatAPasswordInTheAddress() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegistryKey.of("https://bob:secret@registry.example.com"))
                .withMessageContaining("'****@registry.example.com' is not a registry")
                .withMessageNotContaining("secret");
    }
}
