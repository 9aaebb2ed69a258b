package io.jenkins.plugins.dockerpromotion.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The chart of versions that move through targets: a lane for each target, in it a bar for as long as a version stood
 * there, or a mark where each version has a tag of its own. Positions are shares of the width, so that the drawing fits
 * any screen and its texts keep their size. Times are in milliseconds since 1970.
 *
 * @param lanes from top to bottom
 * @param ticks dates below
 * @param shortSpan whether the ticks are hours rather than days apart
 */
public record Timeline(List<Row> lanes, List<Tick> ticks, boolean shortSpan) {

    /** So many versions tell how an image moves; more of them would be slivers. */
    private static final int NEWEST = 16;

    private static final int MAX_LANES = 12;
    private static final int COLOURS = 6;
    private static final int TICKS = 4;
    private static final long DAY = 24L * 60 * 60 * 1000;

    /** Of the width, behind the present: room for the name of what came last. */
    private static final double ROOM = 0.16;

    /** One lane. */
    public record Row(Lane lane, List<Bar> bars) {}

    /**
     * One version in a lane.
     *
     * @param x where it begins
     * @param width until the next one comes
     * @param room for the text: {@code sliver}, {@code narrow}, {@code medium} or {@code wide}
     * @param colour from 0, the same for a version in all lanes
     */
    public record Bar(Lane.Stand stand, String x, String width, String room, int colour) {

        private static Bar of(Lane.Stand stand, double from, double to, int colour) {
            double share = to - from;
            return new Bar(stand, percent(from), percent(share), room(share), colour);
        }

        private static String room(double share) {
            if (share < 0.1) {
                return share < 0.08 ? "sliver" : "narrow";
            }
            return share < 0.25 ? "medium" : "wide";
        }

        /** What tells a version from its neighbours: its last number. */
        public String end() {
            String version = stand.version();
            return version.substring(version.lastIndexOf('.') + 1);
        }
    }

    /** A date at the lower edge. */
    public record Tick(String x, Date date) {}

    static Timeline of(List<Lane> lanes, long now) {
        List<Lane> shown = lanes.stream().limit(MAX_LANES).toList();
        long start = shown.stream()
                .flatMap(lane -> lane.stands().stream())
                .mapToLong(Timeline::time)
                .boxed()
                .sorted((a, b) -> Long.compare(b, a))
                .distinct()
                .limit(NEWEST)
                .reduce((newer, older) -> older)
                .orElse(now);
        Scale scale = new Scale(start, Math.max(now, start + 60_000));
        Map<String, Integer> colours = colours(shown);
        List<Row> rows = shown.stream()
                .map(lane -> new Row(lane, bars(lane, scale, colours)))
                .filter(row -> !row.bars().isEmpty())
                .toList();
        return new Timeline(rows, scale.ticks(), scale.end - scale.start < 2 * DAY);
    }

    private static List<Bar> bars(Lane lane, Scale scale, Map<String, Integer> colours) {
        List<Bar> bars = new ArrayList<>();
        List<Lane.Stand> stands = lane.stands();
        for (int i = 0; i < stands.size(); i++) {
            Lane.Stand stand = stands.get(i);
            double from = scale.share(time(stand));
            double to = i + 1 < stands.size() ? scale.share(time(stands.get(i + 1))) : 1;
            boolean gone = lane.isPerVersion() ? time(stand) < scale.start : to <= 0;
            if (!gone) {
                bars.add(Bar.of(stand, Math.max(0, from), to, colours.get(stand.version())));
            }
        }
        return bars;
    }

    /** One version after the other, so that neighbours differ. */
    private static Map<String, Integer> colours(Collection<Lane> lanes) {
        Map<String, Integer> colours = new HashMap<>();
        lanes.stream()
                .flatMap(lane -> lane.stands().stream())
                .sorted((a, b) -> Long.compare(time(a), time(b)))
                .forEach(stand -> colours.putIfAbsent(stand.version(), colours.size() % COLOURS));
        return colours;
    }

    private static long time(Lane.Stand stand) {
        return stand.entry().getPromotion().getTimestamp();
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
        return lanes.size() * 52 + 28;
    }
}
