package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/** Test cases of the distribution project (github.com/distribution/reference), and malicious names. */
class ImageNameTest {

    private static final String ID = "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";

    @ParameterizedTest
    @CsvSource({
        "debian, docker.io, library/debian, debian",
        "library/debian, docker.io, library/debian, debian",
        "technolog/serviceone, docker.io, technolog/serviceone, technolog/serviceone",
        "docker.io/debian, docker.io, library/debian, debian",
        "docker.io/library/debian, docker.io, library/debian, debian",
        "docker.io/technolog/serviceone, docker.io, technolog/serviceone, technolog/serviceone",
        "index.docker.io/debian, docker.io, library/debian, debian",
        "index.docker.io/technolog/serviceone, docker.io, technolog/serviceone, technolog/serviceone",
        "registry-1.docker.io/technolog/serviceone, docker.io, technolog/serviceone, technolog/serviceone",
        "DOCKER.IO/debian, docker.io, library/debian, debian",
        "library/a/b, docker.io, library/a/b, library/a/b",
        "registry.example.com:5000/group/app, registry.example.com:5000, group/app, registry.example.com:5000/group/app",
        "registry.example.com/app, registry.example.com, app, registry.example.com/app",
        "Registry.Example.COM/app, registry.example.com, app, registry.example.com/app",
        "localhost/app, localhost, app, localhost/app",
        "localhost:5000/app, localhost:5000, app, localhost:5000/app",
        "registry:5000/app, registry:5000, app, registry:5000/app",
        "127.0.0.1:5000/debian, 127.0.0.1:5000, debian, 127.0.0.1:5000/debian",
        "[::1]/app, [::1], app, [::1]/app",
        "[::1]:5000/group/app, [::1]:5000, group/app, [::1]:5000/group/app",
        "[2001:DB8::1]:443/app, [2001:db8::1]:443, app, [2001:db8::1]:443/app",
        "a.b-c.example/d/e/f/g, a.b-c.example, d/e/f/g, a.b-c.example/d/e/f/g",
        "192.168.0.1, docker.io, library/192.168.0.1, 192.168.0.1",
        "a__b/c.d/e-f/g---h, docker.io, a__b/c.d/e-f/g---h, a__b/c.d/e-f/g---h",
        "docker.io/localhost/app, docker.io, localhost/app, docker.io/localhost/app",
        "docker.io/foo.bar/app, docker.io, foo.bar/app, docker.io/foo.bar/app",
        "docker.io/" + ID + ", docker.io, library/" + ID + ", library/" + ID,
    })
    void readsNamesLikeDocker(String text, String host, String path, String shown) {
        ImageName name = ImageName.parse(text);
        assertThat(name).isEqualTo(new ImageName(host, path));
        assertThat(name).hasToString(shown);
        assertThat(ImageName.parse(shown)).isEqualTo(name);
        assertThat(name.isDockerHub()).isEqualTo(host.equals("docker.io"));
    }

    @Test
    void knowsNamespaceAndRepositoryOnDockerHub() {
        assertThat(ImageName.parse("debian").namespace()).isEqualTo("library");
        assertThat(ImageName.parse("debian").repository()).isEqualTo("debian");
        assertThat(ImageName.parse("technolog/serviceone").namespace()).isEqualTo("technolog");
        assertThat(ImageName.parse("technolog/serviceone").repository()).isEqualTo("serviceone");
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "https://github.com/docker/docker",
                "docker/Docker",
                "-docker",
                "-docker/docker",
                "-docker.io/docker/docker",
                "docker///docker",
                "docker.io/docker/Docker",
                "docker.io/docker///docker",
                ID,
                "Debian",
                "Technolog/serviceone",
                "/app",
                "app/",
                "docker.io/",
                "registry.example.com/",
                "a//b",
                "a/b:1.0",
                "a/b@sha256:" + ID,
                "registry:5000",
                "127.0.0.1:5000",
                "registry.example.com:99999/app",
                "registry.example.com:0/app",
                "registry.example.com:/app",
                "registry.example.com:5a/app",
                "user@registry.example.com/app",
                "user:secret@registry.example.com/app",
                "registry_1.example.com/app",
                "registry..example.com/app",
                ".example.com/app",
                "[:::]/app",
                "[::1/app",
                "[fe80::1%25eth0]/app",
                "1.2.3.4.5/app",
                "a___b/c",
                "a..b/c",
                "a./b",
                "_a/b",
                "a/b_",
                "a b/c",
                " a/b",
                "a/b ",
                "a/b\n",
                "a/b\r\nHost: elsewhere",
                "a\u0000/b",
                "a/../b",
                "../etc/passwd",
                "registry.example.com/../../v2/other",
                "a/b?n=1",
                "a/b#c",
                "a/%2e%2e/b",
                "a\\b/c",
                "$(id)/a",
                "a;b/c",
                "ä/b",
            })
    void refusesWhatIsNoName(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageName.parse(text))
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1).hasSizeLessThan(300));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void saysWhatIsWrong(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageName.parse(text))
                .withMessageContaining(why);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("technolog/ServiceOne", "lower case"),
                Arguments.of("technolog//serviceone", "empty"),
                Arguments.of("technolog/serviceone:1.0", "tag or digest"),
                Arguments.of(ID, "image id"),
                Arguments.of("", "is required"),
                Arguments.of("a/" + "b".repeat(300), "302 characters"),
                Arguments.of("a/b\nc", "'a/b?c'"),
                Arguments.of("a/b\u202ec", "'a/b?c'"),
                Arguments.of("a/b\u2028c", "'a/b?c'"));
    }

    @Test
    void allowsPathsOf255Characters() {
        String longest = "a/" + "b".repeat(253);
        assertThat(ImageName.parse("registry.example.com/" + longest).path()).isEqualTo(longest);
        assertThatIllegalArgumentException().isThrownBy(() -> ImageName.parse("registry.example.com/" + longest + "b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/", "-", "a.", "a__", "a-", "[", "A.", "a:", "/"})
    void refusesHugeTextsAtOnceAndShowsTheirBeginningAlone(String part) {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(2), () -> {
            for (String text :
                    new String[] {part.repeat(1_000_000), part.repeat(200) + "/x", "x/" + part.repeat(100) + "!"}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> ImageName.parse(text))
                        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "docker.io, docker.io",
        "index.docker.io, docker.io",
        "registry-1.docker.io, docker.io",
        "registry.hub.docker.com, docker.io",
        "Registry.Example.com:5000, registry.example.com:5000",
        "localhost, localhost",
        "[::1]:5000, [::1]:5000",
    })
    void readsHosts(String text, String host) {
        assertThat(ImageName.parseHost(text)).isEqualTo(host);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {"https://registry.example.com", "registry.example.com/", "a b", "a:b", "a@b", "-a", "a\n"})
    void refusesWhatIsNoHost(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageName.parseHost(text))
                .withMessageContaining("is not a registry");
    }

    @Test
    void cannotBeMadeOfUncheckedParts() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ImageName("index.docker.io", "a/b"));
        assertThatIllegalArgumentException().isThrownBy(() -> new ImageName("a/../b", "a/b"));
        assertThatIllegalArgumentException().isThrownBy(() -> new ImageName("registry.example.com", "../b"));
    }
}
