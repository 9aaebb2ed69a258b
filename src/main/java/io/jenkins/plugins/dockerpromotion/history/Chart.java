package io.jenkins.plugins.dockerpromotion.history;

import io.jenkins.plugins.dockerpromotion.history.TargetHistory.Placement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A chart of versions in targets over time: one row for each target, with a bar while it had a version, or a mark if
 * each version has its own tag. Positions are fractions of the width, so that the chart fits any screen while texts
 * keep their size. Times are in milliseconds since 1970.
 *
 * @param rows from top to bottom
 * @param ticks dates below the chart
 * @param shortSpan whether the ticks are hours instead of days
 */
public record Chart(List<Row> rows, List<Tick> ticks, boolean shortSpan) {

    /** Maximum number of versions; more would be too narrow to read. */
    private static final int NEWEST = 16;

    private static final int MAX_ROWS = 12;
    private static final int COLOURS = 6;
    private static final int TICKS = 4;
    private static final long DAY = 24L * 60 * 60 * 1000;

    /** In pixels: the space beside a version, one of its characters, and the chart itself where it is narrowest. */
    private static final double PADDING = 26;

    private static final double CHARACTER = 7.4;
    private static final double DESKTOP = 850;
    private static final double PHONE = 400;

    /** Fraction of the width after the present, for the name of the last version. */
    private static final double ROOM = 0.16;

    /** One target. */
    public record Row(TargetHistory history, List<Bar> bars) {}

    /**
     * One version in a row.
     *
     * @param x where it starts
     * @param width until the next version
     * @param room for the whole version: {@code wide} on any screen, {@code medium} on a desktop, {@code narrow} on none
     * @param colour from 0; a version has the same colour in all rows
     */
    public record Bar(Placement placement, String x, String width, String room, int colour) {

        private static Bar of(Placement placement, double from, double to, int colour) {
            double share = to - from;
            return new Bar(placement, percent(from), percent(share), room(placement.version(), share), colour);
        }

        /** A part of a version could be taken for another one, so that a bar has all of it or nothing. */
        private static String room(String version, double share) {
            double pixels = PADDING + version.length() * CHARACTER;
            if (share * DESKTOP < pixels) {
                return "narrow";
            }
            return share * PHONE < pixels ? "medium" : "wide";
        }
    }

    /** A date below the chart. */
    public record Tick(String x, Date date) {}

    static Chart of(List<TargetHistory> histories, long now) {
        List<TargetHistory> shown = histories.stream().limit(MAX_ROWS).toList();
        long start = shown.stream()
                .flatMap(history -> history.versions().stream())
                .mapToLong(Chart::time)
                .boxed()
                .sorted((a, b) -> Long.compare(b, a))
                .distinct()
                .limit(NEWEST)
                .reduce((newer, older) -> older)
                .orElse(now);
        Scale scale = new Scale(start, Math.max(now, start + 60_000));
        Map<String, Integer> colours = colours(shown);
        List<Row> rows = shown.stream()
                .map(history -> new Row(history, bars(history, scale, colours)))
                .filter(row -> !row.bars().isEmpty())
                .toList();
        return new Chart(rows, scale.ticks(), scale.end - scale.start < 2 * DAY);
    }

    private static List<Bar> bars(TargetHistory history, Scale scale, Map<String, Integer> colours) {
        List<Bar> bars = new ArrayList<>();
        List<Placement> placements = history.versions();
        for (int i = 0; i < placements.size(); i++) {
            Placement placement = placements.get(i);
            double from = scale.share(time(placement));
            double to = i + 1 < placements.size() ? scale.share(time(placements.get(i + 1))) : 1;
            boolean gone = history.isPerVersion() ? time(placement) < scale.start : to <= 0;
            if (!gone) {
                bars.add(Bar.of(placement, Math.max(0, from), to, colours.get(placement.version())));
            }
        }
        return bars;
    }

    /** Assigned in the order of versions, so that neighbours differ. */
    private static Map<String, Integer> colours(Collection<TargetHistory> histories) {
        Map<String, Integer> colours = new HashMap<>();
        histories.stream()
                .flatMap(history -> history.versions().stream())
                .sorted((a, b) -> Long.compare(time(a), time(b)))
                .forEach(placement -> colours.putIfAbsent(placement.version(), colours.size() % COLOURS));
        return colours;
    }

    private static long time(Placement placement) {
        return placement.entry().promotion().timestamp();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f%%", share * 100);
    }

    private record Scale(long start, long end) {
        double share(long time) {
            return (1 - ROOM) * (time - start) / (end - start);
        }

        List<Tick> ticks() {
            return Stream.iterate(0, i -> i + 1)
                    .limit(TICKS)
                    .map(i -> start + (end - start) * i / (TICKS - 1))
                    .map(time -> new Tick(percent(share(time)), new Date(time)))
                    .toList();
        }
    }

    /** In pixels. */
    public int height() {
        return rows.size() * 52 + 28;
    }
}
