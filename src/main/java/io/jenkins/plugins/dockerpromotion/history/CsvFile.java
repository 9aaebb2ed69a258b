package io.jenkins.plugins.dockerpromotion.history;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Promotions as comma-separated values (RFC 4180), one line for each target. */
final class CsvFile {

    private static final List<String> HEADER = List.of(
            "time",
            "job",
            "build",
            "userId",
            "startedBy",
            "source",
            "digest",
            "outcome",
            "image",
            "tag",
            "previousDigest",
            "changed",
            "note",
            "reason",
            "train",
            "verified");

    private CsvFile() {}

    static String of(List<HistoryEntry> entries) {
        return Stream.concat(Stream.of(HEADER), entries.stream().flatMap(CsvFile::rows))
                .map(row -> row.stream().map(CsvFile::cell).collect(Collectors.joining(",", "", "\r\n")))
                .collect(Collectors.joining());
    }

    private static Stream<List<String>> rows(HistoryEntry entry) {
        Promotion promotion = entry.promotion();
        return promotion.targets().stream()
                .map(target -> List.of(
                        promotion.time(),
                        entry.jobName(),
                        Integer.toString(entry.build()),
                        promotion.startedBy().userId(),
                        promotion.startedBy().text(),
                        promotion.source(),
                        promotion.digest(),
                        promotion.outcome().name(),
                        promotion.image(),
                        target.tag(),
                        target.previousDigest(),
                        Boolean.toString(target.changed()),
                        target.note(),
                        promotion.reason(),
                        promotion.train().id(),
                        promotion.verified()));
    }

    /** Spreadsheets evaluate text that looks like a formula, even after a tab or a line break. */
    private static String cell(String value) {
        String text = value.matches("(?s)[=+\\-@\\t\\r\\n].*") ? "'" + value : value;
        return text.matches("(?s).*[\",\\r\\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
