package io.jenkins.plugins.dockerpromotion.history;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What a page of promotions shows for a query. */
public final class HistoryView {

    private final List<HistoryEntry> all;
    private final HistoryQuery query;
    private final List<HistoryEntry> found;
    private final List<Lane> lanes;

    HistoryView(List<HistoryEntry> all, HistoryQuery query) {
        this.all = all;
        this.query = query;
        this.found = query.apply(all);
        this.lanes =
                Lane.of(all.stream().filter(e -> isOfImage(e, query.image())).toList());
    }

    private static boolean isOfImage(HistoryEntry entry, String image) {
        return image.isEmpty() || image.equals(entry.getPromotion().getImage());
    }

    public HistoryQuery getQuery() {
        return query;
    }

    /** The repositories there are promotions to. */
    public List<String> getImages() {
        return all.stream()
                .map(e -> e.getPromotion().getImage())
                .distinct()
                .sorted()
                .toList();
    }

    /** What stands where, the last change first. */
    public List<Lane> getLanes() {
        return lanes.stream()
                .sorted(Comparator.comparing(lane -> lane.current().entry(), HistoryEntry.NEWEST_FIRST))
                .toList();
    }

    public Timeline getTimeline() {
        return Timeline.of(lanes, System.currentTimeMillis());
    }

    /** The rows of this page. */
    public List<HistoryEntry> getRows() {
        return found.stream()
                .skip((long) (getPage() - 1) * HistoryQuery.PAGE_SIZE)
                .limit(HistoryQuery.PAGE_SIZE)
                .toList();
    }

    public int getTotal() {
        return all.size();
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

    /** The page that is shown: the last one, if fewer are left than were asked for. */
    public int getPage() {
        return Math.min(query.page(), getPageCount());
    }

    public int getPageCount() {
        return Math.max(1, (found.size() + HistoryQuery.PAGE_SIZE - 1) / HistoryQuery.PAGE_SIZE);
    }

    /** The first, the last and those around this one; 0 where some are left out. */
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

    public List<Outcome> getOutcomes() {
        return List.of(Outcome.values());
    }
}
