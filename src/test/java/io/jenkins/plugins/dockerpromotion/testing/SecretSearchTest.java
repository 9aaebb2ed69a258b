package io.jenkins.plugins.dockerpromotion.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SecretSearchTest {

    private static final String SECRET = "s3cr<et/ \"w&rd+1?";

    private final SecretSearch search = SecretSearch.of(Map.of("password", SECRET));

    static Stream<String> writings() {
        return Stream.of(
                SECRET,
                "https://host/?p=" + URLEncoder.encode(SECRET, StandardCharsets.UTF_8) + "&q=1",
                "{\"p\": \"s3cr<et/ \\\"w&rd+1?\"}",
                "{\"p\":\"s3cr<et\\/ \\\"w&rd+1?\"}",
                "<p>s3cr&lt;et/ \"w&amp;rd+1?</p>",
                base64(SECRET),
                base64("a:" + SECRET),
                base64("ci:" + SECRET),
                base64("bob:" + SECRET),
                base64("{\"u\":\"bob\",\"p\":\"" + SECRET + "\"}"),
                Base64.getUrlEncoder().encodeToString(("bob:" + SECRET).getBytes(StandardCharsets.UTF_8)));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("writings")
    void findsASecretHoweverItIsWritten(String text) {
        assertThat(search.in("before " + text + " behind")).containsExactly("password");
        assertThat(search.in(text.substring(0, text.length() / 2))).isEmpty();
    }

    @Test
    void findsItInFilesAndNamesNeitherMoreNorTheSecretItself(@TempDir Path directory) throws Exception {
        Files.createDirectories(directory.resolve("left/out"));
        Files.write(directory.resolve("a"), List.of("x", "\u0000" + base64("é:" + SECRET)));
        Files.writeString(directory.resolve("b"), "nothing");
        Files.writeString(directory.resolve("left/out/c"), SECRET);

        assertThat(search.inFiles(directory, file -> file.endsWith("left"))).containsExactly("a holds [password]");
        assertThat(SecretSearch.filesHolding(directory, SECRET)).containsExactly(directory.resolve("left/out/c"));
    }
}
