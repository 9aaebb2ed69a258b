package io.jenkins.plugins.dockerpromotion.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What was measured, as Markdown, said on the console while it grows. */
final class Report {

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder goals = new StringBuilder();

    void heading(String title) {
        line("\n## " + title + "\n");
    }

    void paragraph(String words) {
        line(words + "\n");
    }

    /** The first result is what the others are compared with. */
    void race(String title, List<Race.Result> results) {
        line("### " + title + "\n");
        line("| | requests | on the wire | time, median (quartiles) | ratio |");
        line("|---|--:|--:|--:|--:|");
        Timings own = results.get(0).timings();
        for (Race.Result result : results) {
            row(
                    result.name(),
                    String.valueOf(result.traffic().requests()),
                    result.traffic().size(),
                    result.timings().text(),
                    String.format(Locale.ROOT, "%.2f", result.timings().ratioTo(own)));
        }
        line("");
    }

    /**
     * What was aimed at, and what came out.
     *
     * @param figure how many times as long as, or as much as, something else
     */
    void goal(String what, String aim, double figure, boolean reached) {
        goals.append(
                "| " + what + " | " + aim + " | " + format(figure) + " | " + (reached ? "yes" : "**no**") + " |\n");
    }

    private static String format(double figure) {
        int decimals = figure == Math.rint(figure) ? 0 : figure < 0.1 ? 3 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f", figure);
    }

    /** Writes {@code <part>.md} and {@code <part>.goals}, from which {@code bin/bench} makes one page. */
    void write(Path directory, String part) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(part + ".md"), text);
        Files.writeString(directory.resolve(part + ".goals"), goals);
    }

    void table(List<String> head, List<List<String>> rows) {
        row(head.toArray(String[]::new));
        line("|---".repeat(head.size()) + "|");
        rows.forEach(row -> row(row.toArray(String[]::new)));
        line("");
    }

    private void row(String... cells) {
        line("| " + String.join(" | ", cells) + " |");
    }

    private void line(String line) {
        System.out.println(line);
        text.append(line).append('\n');
    }
}
