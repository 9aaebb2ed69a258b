package io.jenkins.plugins.dockerpromotion.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallbackAddressTest {

    private static final Set<String> LISTED = Set.of("ci.example.com", "hooks.example.com:8443", "127.0.0.1:8443");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://registry.hub.docker.com/u/svendowideit/testhook/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/",
                "https://hub.docker.com/u/technolog/service.one_x-y/hook/a-b_C1",
            })
    void takesDockerHubsOwn(String url) {
        assertThat(CallbackAddress.parse(url, Set.of()).uri()).hasToString(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://ci.example.com",
                "https://ci.example.com/any/path?and=query",
                "https://hooks.example.com:8443/",
                "https://127.0.0.1:8443/x"
            })
    void takesWhatTheAdministratorListed(String url) {
        assertThat(CallbackAddress.parse(url, LISTED).uri()).hasToString(url);
        assertThatThrownBy(() -> CallbackAddress.parse(url, Set.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/u/a/b/hook/c/",
                "http://registry.hub.docker.com/u/a/b/hook/c/",
                "ftp://registry.hub.docker.com/u/a/b/hook/c/",
                "file:///etc/passwd",
                "jar:https://registry.hub.docker.com/u/a/b/hook/c/!/",
                "gopher://registry.hub.docker.com/u/a/b/hook/c/",
                "javascript:alert(1)",
                "https:registry.hub.docker.com/u/a/b/hook/c/",
                "https:///u/a/b/hook/c/",
                "https://registry.hub.docker.com/u/a/b/hook/c/#x",
                "https://me:secret@registry.hub.docker.com/u/a/b/hook/c/",
                "https://registry.hub.docker.com@evil.example/u/a/b/hook/c/",
                "https://evil.example\\@registry.hub.docker.com/u/a/b/hook/c/",
                "https://registry.hub.docker.com\\.evil.example/u/a/b/hook/c/",
                "https://registry.hub.docker.com /u/a/b/hook/c/",
                "https://registry.hub.docker.com/u/a/b/hook/c/\r\nX: y",
            })
    void refusesWhatIsNoPlainAddressByHttps(String url) {
        assertThatThrownBy(() -> CallbackAddress.parse(url, LISTED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("its callback URL is not an https URL with a host and a path");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/u/a/b/hook/c/",
                "https://hub.docker.com.evil.example/u/a/b/hook/c/",
                "https://evil-hub.docker.com/u/a/b/hook/c/",
                "https://evilhub.docker.com/u/a/b/hook/c/",
                "https://x.hub.docker.com/u/a/b/hook/c/",
                "https://docker.com/u/a/b/hook/c/",
                "https://hub.docker.com./u/a/b/hook/c/",
                "https://hub.docker.com:8443/u/a/b/hook/c/",
                "https://hub.docker.com:22/u/a/b/hook/c/",
                "https://localhost/u/a/b/hook/c/",
                "https://127.0.0.1/u/a/b/hook/c/",
                "https://[::1]/u/a/b/hook/c/",
                "https://169.254.169.254/latest/meta-data/",
                "https://2130706433/u/a/b/hook/c/",
                "https://0x7f.1/u/a/b/hook/c/",
                "https://ci.example.com:444/",
                "https://hooks.example.com/",
                "https://xci.example.com/",
                "https://ci.example.com.evil.example/",
            })
    void refusesEveryOtherHostAndPort(String url) {
        assertThatThrownBy(() -> CallbackAddress.parse(url, LISTED))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .hasLineCount(1)
                .doesNotContain("evil");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/v2/users/login",
                "/u/a/b/hook/",
                "/u/a/../hook/c/",
                "/u/../b/hook/c/x",
                "/u/a/b/hook/c/?x=y",
                "/u/a/b/hook/%2e%2e/",
                "/u/a/b/c/hook/d/"
            })
    void refusesOtherPathsOnDockerHub(String path) {
        assertThatThrownBy(() -> CallbackAddress.parse("https://hub.docker.com" + path, Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not belong to a webhook");
    }

    @Test
    void letsAnAdministratorAllowEveryPathOnDockerHub() {
        assertThat(CallbackAddress.parse("https://hub.docker.com/new/place", Set.of("hub.docker.com")))
                .isNotNull();
    }

    @Test
    void readsTheListOfAnAdministrator() {
        assertThat(CallbackAddress.parseHosts(" CI.example.com, hooks.example.com:8443\n[::1]:1 "))
                .containsExactlyInAnyOrder("ci.example.com", "hooks.example.com:8443", "[::1]:1");
        assertThat(CallbackAddress.parseHosts(" ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://x.example.com", "x/y", "me@x", "x:y", "x:", "*.example.com", "x?", "é"})
    void refusesAListOfSomethingElse(String list) {
        assertThatThrownBy(() -> CallbackAddress.parseHosts(list))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a host");
    }

    @Test
    void refusesAddressesWithoutEnd() {
        assertThatThrownBy(() -> CallbackAddress.parse("https://ci.example.com/" + "a".repeat(1000), LISTED))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
