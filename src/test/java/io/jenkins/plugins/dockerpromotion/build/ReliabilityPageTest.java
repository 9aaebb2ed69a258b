package io.jenkins.plugins.dockerpromotion.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page that says what is withstood names tests that there are. */
class ReliabilityPageTest {

    static Stream<String> tests() throws IOException {
        return DocumentedTests.on(Files.readString(Path.of("docs/RELIABILITY.md")));
    }

    @Test
    void namesTests() throws IOException {
        assertThat(tests().count()).isGreaterThan(30);
    }

    @ParameterizedTest
    @MethodSource("tests")
    void isAboutTestsThatThereAre(String test) throws IOException {
        DocumentedTests.assertThere(test);
    }
}
