package io.jenkins.plugins.dockerpromotion.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tests that a page of the documentation names. */
final class DocumentedTests {

    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:Test|IT))(?:#(\\w+))?`");

    private DocumentedTests() {}

    /** Each once, as {@code Class} or {@code Class#method}. */
    static Stream<String> on(String page) {
        return TEST.matcher(page)
                .results()
                .map(found -> found.group(1)
                        + Optional.ofNullable(found.group(2))
                                .map(method -> "#" + method)
                                .orElse(""))
                .distinct();
    }

    static void assertThere(String test) throws IOException {
        String[] parts = test.split("#");

        assertThat(sources()).containsKey(parts[0]);
        if (parts.length > 1) {
            assertThat(Files.readString(sources().get(parts[0]))).contains("void " + parts[1] + "(");
        }
    }

    private static Map<String, Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""), file -> file, (a, b) -> a));
        }
    }
}
