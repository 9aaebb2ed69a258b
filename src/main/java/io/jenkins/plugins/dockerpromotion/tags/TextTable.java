package io.jenkins.plugins.dockerpromotion.tags;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A table in plain text for the log. */
public final class TextTable {

    private final List<List<String>> rows = new ArrayList<>();
    private final Set<String> numbers;

    /** @param headings the headings of the columns */
    public TextTable(String... headings) {
        this(Set.of(), headings);
    }

    /** @param numbers the headings of right-aligned columns */
    TextTable(Set<String> numbers, String... headings) {
        this.numbers = numbers;
        row(headings);
    }

    /** Adds a row with a cell for each heading. */
    public void row(String... cells) {
        rows.add(List.of(cells));
    }

    /** The headings and the rows. */
    public List<String> lines() {
        List<String> headings = rows.get(0);
        int[] widths = new int[headings.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream().map(row -> line(row, headings, widths)).toList();
    }

    private String line(List<String> row, List<String> headings, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = row.get(i);
            String space = " ".repeat(widths[i] - cell.length());
            line.append(numbers.contains(headings.get(i)) ? space + cell : cell + space)
                    .append("  ");
        }
        return line.toString().stripTrailing();
    }
}
