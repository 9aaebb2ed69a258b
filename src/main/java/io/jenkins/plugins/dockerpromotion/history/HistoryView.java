package io.jenkins.plugins.dockerpromotion.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The content of a promotions page for a query. */
public final class HistoryView {

    private final List<HistoryEntry> all;
    private final HistoryQuery query;
    private final List<Row> found;
    private final int total;
    private final List<TargetHistory> histories;

    HistoryView(List<HistoryEntry> all, HistoryQuery query) {
        this.all = all;
        this.query = query;
        this.found = Row.of(query.apply(all));
        this.total = Row.of(all).size();
        this.histories = TargetHistory.of(
                all.stream().filter(e -> isOfImage(e, query.image())).toList());
    }

    /**
     * A row of the table: a promotion, or the images of a train.
     *
     * @param parts one promotion, or the images of the train that match
     */
    public record Row(List<HistoryEntry> parts) {

        static List<Row> of(List<HistoryEntry> entries) {
            Map<Object, List<HistoryEntry>> rows = new LinkedHashMap<>();
            for (HistoryEntry entry : entries) {
                String train = entry.promotion().train().id();
                Object key = train.isEmpty() ? entry : List.of(entry.jobName(), entry.build(), train);
                rows.computeIfAbsent(key, k -> new ArrayList<>()).add(entry);
            }
            Comparator<HistoryEntry> byImage =
                    Comparator.comparing(entry -> entry.promotion().image());
            return rows.values().stream()
                    .map(parts -> new Row(parts.stream().sorted(byImage).toList()))
                    .toList();
        }

        public HistoryEntry first() {
            return parts.get(0);
        }

        /** Number of images in the train; 1 for a single promotion. */
        public int images() {
            return first().promotion().train().images();
        }

        public boolean isTrain() {
            return images() > 1;
        }

        /** A train has the worst outcome of its images. */
        public Promotion.Outcome outcome() {
            List<Promotion.Outcome> outcomes =
                    parts.stream().map(part -> part.promotion().outcome()).toList();
            return outcomes.contains(Promotion.Outcome.FAILED) ? Promotion.Outcome.FAILED : Collections.min(outcomes);
        }
    }

    private static boolean isOfImage(HistoryEntry entry, String image) {
        return image.isEmpty() || image.equals(entry.promotion().image());
    }

    public HistoryQuery getQuery() {
        return query;
    }

    /** The target repositories of all promotions. */
    public List<String> getImages() {
        return all.stream().map(e -> e.promotion().image()).distinct().sorted().toList();
    }

    /** The current version of each target, last change first. */
    public List<TargetHistory.Placement> getCurrent() {
        return histories.stream()
                .map(TargetHistory::current)
                .sorted(Comparator.comparing(TargetHistory.Placement::entry, HistoryEntry.NEWEST_FIRST))
                .toList();
    }

    public Chart getChart() {
        return Chart.of(histories, System.currentTimeMillis());
    }

    /** The rows of this page. */
    public List<Row> getRows() {
        return found.stream()
                .skip((long) (getPage() - 1) * HistoryQuery.PAGE_SIZE)
                .limit(HistoryQuery.PAGE_SIZE)
                .toList();
    }

    public int getTotal() {
        return total;
    }

    public int getCount() {
        return found.size();
    }

    /** The number of the first row, from 1. */
    public int getFirst() {
        return found.isEmpty() ? 0 : (getPage() - 1) * HistoryQuery.PAGE_SIZE + 1;
    }

    public int getLast() {
        return Math.min(getPage() * HistoryQuery.PAGE_SIZE, found.size());
    }

    /** The shown page: the requested one, or the last page if there are fewer. */
    public int getPage() {
        return Math.min(query.page(), getPageCount());
    }

    public int getPageCount() {
        return Math.max(1, (found.size() + HistoryQuery.PAGE_SIZE - 1) / HistoryQuery.PAGE_SIZE);
    }

    /** The first, the last and nearby pages; 0 for a gap. */
    public List<Integer> getPages() {
        int last = getPageCount();
        List<Integer> shown = IntStream.rangeClosed(1, last)
                .filter(p -> p == 1 || p == last || Math.abs(p - getPage()) <= 1)
                .boxed()
                .toList();
        return shown.stream()
                .flatMap(p -> p > 1 && !shown.contains(p - 1) ? List.of(0, p).stream() : List.of(p).stream())
                .toList();
    }

    public List<HistoryQuery.Column> getColumns() {
        return List.of(HistoryQuery.Column.values());
    }

    public List<Promotion.Outcome> getOutcomes() {
        return List.of(Promotion.Outcome.values());
    }
}
