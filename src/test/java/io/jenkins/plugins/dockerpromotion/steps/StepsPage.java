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

/** A page about the steps: the reference, with tables generated between two comments, or the list of their errors. */
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

    /** What stands below each heading, by its text, in the order of the page. */
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

    /** The names of what is generated. */
    List<String> generated() {
        return GENERATED.matcher(text).results().map(part -> part.group(2)).toList();
    }

    /** The same page with what is generated made anew from its name. */
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

    /** The type of what a step returns, under the name of nothing, and of each key in it. */
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

    /** The lines that a log may have, with an ellipsis for what differs. */
    static List<String> errors(String section) {
        String[] parts = section.split("\\| The log says \\|", 2);
        return parts.length < 2
                ? List.of()
                : ROW.matcher(parts[1]).results().map(row -> row.group(1)).toList();
    }
}
