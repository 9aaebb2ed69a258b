package io.jenkins.plugins.dockerpromotion.tags;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Shows a plan as an aligned table. */
final class PlanTable {

    /** A log of ten thousand lines helps nobody; what goes is shown before what stays. */
    private static final int MAX_ROWS = 500;

    private PlanTable() {}

    static List<String> lines(List<Decision> plan, Instant now) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("TAG", "AGE", "SIZE", "WHAT", "WHY"));
        List<Decision> shown = plan.size() <= MAX_ROWS ? plan : goingFirst(plan);
        shown.stream().limit(MAX_ROWS).forEach(decision -> rows.add(row(decision, now)));
        List<Integer> widths = new ArrayList<>(Collections.nCopies(5, 0));
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths.set(i, Math.max(widths.get(i), row.get(i).length()));
            }
        }
        List<String> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(line(row, widths)));
        if (plan.size() > MAX_ROWS) {
            lines.add("and " + (plan.size() - MAX_ROWS) + " more");
        }
        return lines;
    }

    private static List<Decision> goingFirst(List<Decision> plan) {
        List<Decision> sorted = new ArrayList<>(plan);
        sorted.sort((a, b) -> Boolean.compare(b.delete(), a.delete()));
        return sorted;
    }

    private static List<String> row(Decision decision, Instant now) {
        TagFacts facts = decision.facts();
        return List.of(
                facts.tag().value(),
                facts.time().map(t -> Amounts.age(Duration.between(t, now))).orElse("-"),
                facts.size() == 0 ? "-" : Amounts.bytes(facts.size()),
                decision.delete() ? "delete" : "keep",
                decision.reason());
    }

    private static String line(List<String> row, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String cell = row.get(i);
            String space = " ".repeat(widths.get(i) - cell.length());
            boolean number = i == 1 || i == 2;
            line.append(number ? space + cell : cell + space).append("  ");
        }
        return line.toString().stripTrailing();
    }
}
