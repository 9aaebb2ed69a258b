package io.jenkins.plugins.dockerpromotion.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that the tests named on the pages about reliability and supported registries exist. */
class ReliabilityPageTest {

    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:Test|IT))(?:#(\\w+))?`");

    @ParameterizedTest
    @ValueSource(strings = {"RELIABILITY.md", "REGISTRIES.md"})
    void isAboutTestsThatThereAre(String page) throws IOException {
        List<MatchResult> named =
                TEST.matcher(Files.readString(Path.of("docs", page))).results().toList();
        Map<String, Path> sources = sources();

        assertThat(named).hasSizeGreaterThan(30);
        for (MatchResult test : named) {
            assertThat(sources).containsKey(test.group(1));
            if (test.group(2) != null) {
                assertThat(Files.readString(sources.get(test.group(1)))).contains("void " + test.group(2) + "(");
            }
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
