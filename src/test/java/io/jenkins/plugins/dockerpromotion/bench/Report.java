package io.jenkins.plugins.dockerpromotion.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** The report as Markdown. Each line is also printed to the console immediately. */
final class Report {

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder goals = new StringBuilder();
    private final StringBuilder headlines = new StringBuilder();

    void heading(String title) {
        line("\n## " + title + "\n");
    }

    void paragraph(String words) {
        line(words + "\n");
    }

    /**
     * Adds a table that compares all results with the first one.
     *
     * @param processor whether to show processor time; it is that of the contenders alone if the servers run in other
     *     processes
     */
    void race(String title, List<Race.Result> results, boolean processor) {
        line("### " + title + "\n");
        line("| | requests | on the wire | time, median (quartiles) | ratio |"
                + (processor ? " processor time |" : ""));
        line("|---|--:|--:|--:|--:|" + (processor ? "--:|" : ""));
        Timings own = results.get(0).timings();
        for (Race.Result result : results) {
            List<String> cells = new ArrayList<>(List.of(
                    result.name(),
                    String.valueOf(result.traffic().requests()),
                    result.traffic().size(),
                    result.timings().text(),
                    String.format(Locale.ROOT, "%.2f", result.timings().ratioTo(own))));
            if (processor) {
                cells.add(Timings.words(result.cpu().median().toNanos()));
            }
            row(cells);
        }
        line("");
    }

    /** Adds a row to the table at the top of the page: {@code own} and the fastest of the other tools. */
    void headline(String job, Race.Result own, List<Race.Result> results) {
        Race.Result best = bestOf(results, name -> !Contender.isOwn(name)).orElseThrow();
        headlines.append(String.format(
                Locale.ROOT,
                "| %s | %s | %s: %s | %.1f |%n",
                job,
                Timings.words(own.timings().median().toNanos()),
                best.name(),
                Timings.words(best.timings().median().toNanos()),
                best.over(own)));
    }

    static Optional<Race.Result> bestOf(List<Race.Result> results, Predicate<String> names) {
        return results.stream()
                .filter(result -> names.test(result.name()))
                .min(Comparator.comparing(result -> result.timings().median()));
    }

    /**
     * Adds a goal and whether it was reached.
     *
     * @param figure the measured ratio
     */
    void goal(String what, String aim, double figure, boolean reached) {
        goals.append(
                "| " + what + " | " + aim + " | " + format(figure) + " | " + (reached ? "yes" : "**no**") + " |\n");
    }

    private static String format(double figure) {
        int decimals = figure == Math.rint(figure) ? 0 : figure < 0.1 ? 3 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f", figure);
    }

    /**
     * Writes {@code <part>.md}, {@code .goals} and {@code .headlines}. {@code bin/bench} combines them into one page.
     */
    void write(Path directory, String part) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(part + ".md"), text);
        Files.writeString(directory.resolve(part + ".goals"), goals);
        Files.writeString(directory.resolve(part + ".headlines"), headlines);
    }

    void table(List<String> head, List<List<String>> rows) {
        row(head);
        line("|---".repeat(head.size()) + "|");
        rows.forEach(this::row);
        line("");
    }

    private void row(List<String> cells) {
        line("| " + String.join(" | ", cells) + " |");
    }

    private void line(String line) {
        System.out.println(line);
        text.append(line).append('\n');
    }
}
