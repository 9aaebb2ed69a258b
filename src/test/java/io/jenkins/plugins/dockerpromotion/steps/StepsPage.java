package io.jenkins.plugins.dockerpromotion.steps;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page about the steps: docs/STEPS.md, with tables generated between two comments, or docs/ERRORS.md. */
record StepsPage(String text) {

    static final Path FILE = Path.of("docs/STEPS.md");
    private static final Path ERRORS = Path.of("docs/ERRORS.md");

    private static final Pattern HEADING = Pattern.compile("(?m)^#{2,3} (.+)$");
    private static final Pattern GENERATED =
            Pattern.compile("(?s)(<!-- (index|parameters of \\w+) -->\n).*?(<!-- end -->)");
    private static final Pattern EXAMPLE = Pattern.compile("(?s)```groovy\n(.*?)```");
    private static final Pattern RESULT = Pattern.compile("(?m)^\\*\\*Result:\\*\\* (?:a )?(.*?)(?:[,;:.]|$)");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^|]+)` \\| ([^|]+) \\|.*$");

    static StepsPage read() throws IOException {
        return new StepsPage(Files.readString(FILE));
    }

    static StepsPage readErrors() throws IOException {
        return new StepsPage(Files.readString(ERRORS));
    }

    /** Returns the text below each heading, in the order of the page. */
    Map<String, String> sections() {
        Map<String, String> sections = new LinkedHashMap<>();
        Matcher heading = HEADING.matcher(text);
        int end = text.length();
        List<Integer> starts = new ArrayList<>();
        while (heading.find()) {
            starts.add(heading.start());
        }
        for (int i = 0; i < starts.size(); i++) {
            String section = text.substring(starts.get(i), i + 1 < starts.size() ? starts.get(i + 1) : end);
            String[] parts = section.split("\n", 2);
            sections.put(parts[0].replaceFirst("^#+ ", ""), parts[1]);
        }
        return sections;
    }

    /** Returns the names of the generated parts. */
    List<String> generated() {
        return GENERATED.matcher(text).results().map(part -> part.group(2)).toList();
    }

    /** Returns the page with its generated parts replaced. */
    StepsPage with(UnaryOperator<String> tables) {
        return new StepsPage(GENERATED
                .matcher(text)
                .replaceAll(
                        part -> Matcher.quoteReplacement(part.group(1) + tables.apply(part.group(2)) + part.group(3))));
    }

    static List<String> examples(String section) {
        return EXAMPLE.matcher(section)
                .results()
                .map(example -> example.group(1))
                .toList();
    }

    /** Returns the documented type of the result, under an empty key, and that of each of its keys. */
    static Map<String, String> result(String section) {
        Map<String, String> types = new LinkedHashMap<>();
        Matcher result = RESULT.matcher(section);
        if (result.find()) {
            types.put("", result.group(1));
            String rows = section.substring(result.end()).split("\n\\*\\*Errors", 2)[0];
            ROW.matcher(rows).results().forEach(row -> types.put(row.group(1), row.group(2)));
        }
        return types;
    }

    /** Returns the documented error lines. An ellipsis stands for the variable parts. */
    static List<String> errors(String section) {
        String[] parts = section.split("\\| The log says \\|", 2);
        return parts.length < 2
                ? List.of()
                : ROW.matcher(parts[1]).results().map(row -> row.group(1)).toList();
    }
}
