package io.jenkins.plugins.dockerpromotion.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that display text can be translated: it has to be in properties files or in {@code ${%…}}. */
class DisplayTextTest {

    /** Text between tags, or a visible attribute. Placeholders are examples, which need no translation. */
    private static final Pattern SHOWN = Pattern.compile(
            ">([^<]+)<|\\b(?:title|label|alt|aria-label|tooltip|add|header|value|progress|description)=\"([^\"]*)\"");

    private static final Pattern NO_TEXT = Pattern.compile("(?s)<!--.*?-->|<\\?.*?\\?>|\\$\\{[^}]*\\}");
    private static final Pattern WORD = Pattern.compile("\\p{L}{2}");

    /** Names of formats, which are the same in each language. */
    private static final List<String> NAMES = List.of("CSV", "JSON");

    private static final Pattern LITERAL = Pattern.compile(
            "FormValidation\\.(?:ok|warning|error)\\(\"|getDisplayName\\(\\) \\{\\s*return \"|items\\.add\\(\"");

    private static List<String> literals(String jelly) {
        return SHOWN.matcher(NO_TEXT.matcher(jelly).replaceAll(""))
                .results()
                .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                .map(String::trim)
                .filter(text -> WORD.matcher(text).find() && !NAMES.contains(text))
                .toList();
    }

    private static List<Path> files(String folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main", folder, "io"))) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }

    @Test
    void viewsHoldNoTextThatCannotBeTranslated() throws IOException {
        List<Path> views = files("resources", ".jelly");
        assertThat(views).hasSizeGreaterThan(20);
        for (Path view : views) {
            assertThat(literals(Files.readString(view))).as(view.toString()).isEmpty();
        }
    }

    @Test
    void formsAnswerWithNoTextThatCannotBeTranslated() throws IOException {
        List<Path> sources = files("java", ".java");
        assertThat(sources).hasSizeGreaterThan(100);
        for (Path source : sources) {
            assertThat(LITERAL.matcher(Files.readString(source)).find())
                    .as(source.toString())
                    .isFalse();
        }
    }
}
