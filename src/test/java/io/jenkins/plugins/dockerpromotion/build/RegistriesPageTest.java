package io.jenkins.plugins.dockerpromotion.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the page of registries calls verified or simulated is shown by tests and quirks that there are. */
class RegistriesPageTest {

    private static final Set<String> STATES = Set.of("verified", "simulated", "expected", "no");
    private static final Pattern QUIRK = Pattern.compile("`([A-Z0-9]+(?:_[A-Z0-9]+)+)`");

    private static String page() throws IOException {
        return Files.readString(Path.of("docs/REGISTRIES.md"));
    }

    /** The cells of a table's rows, its heading first. */
    private static List<List<String>> table(String heading) throws IOException {
        return page().substring(page().indexOf(heading))
                .lines()
                .takeWhile(line -> line.startsWith("|"))
                .filter(line -> !line.startsWith("|---"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    static Stream<String> tests() throws IOException {
        return DocumentedTests.on(page());
    }

    @ParameterizedTest
    @MethodSource("tests")
    void namesTestsThatThereAre(String test) throws IOException {
        DocumentedTests.assertThere(test);
    }

    @Test
    void namesQuirksThatThereAre() throws IOException {
        Set<String> named = QUIRK.matcher(page().replaceAll("`REGISTRY_[A-Z_]+=true`", ""))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());

        assertThat(named).hasSizeGreaterThan(10);
        assertThat(Stream.of(Quirk.values()).map(Enum::name)).containsAll(named);
    }

    @Test
    void showsAllThatItCallsVerifiedOrSimulatedAndNothingElse() throws IOException {
        List<List<String>> states = table("| | Tags found |");
        Set<String> claimed = new TreeSet<>();
        for (List<String> row : states.subList(1, states.size())) {
            for (int column = 1; column < row.size(); column++) {
                assertThat(STATES).contains(row.get(column));
                if (row.get(column).equals("verified")) {
                    assertThat(row.get(0)).isIn("CNCF registry 2.8", "`crane registry serve`");
                }
                if (Set.of("verified", "simulated").contains(row.get(column))) {
                    claimed.add(row.get(0) + ": " + states.get(0).get(column));
                }
            }
        }
        List<List<String>> shown = table("| Registry | What | Shown by |");

        assertThat(shown.subList(1, shown.size()).stream().map(row -> row.get(0) + ": " + row.get(1)))
                .containsExactlyInAnyOrderElementsOf(claimed);
        assertThat(shown.subList(1, shown.size()))
                .allSatisfy(row -> assertThat(DocumentedTests.on(row.get(2))).isNotEmpty());
    }
}
