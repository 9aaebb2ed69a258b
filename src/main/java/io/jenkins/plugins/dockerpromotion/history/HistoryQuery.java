package io.jenkins.plugins.dockerpromotion.history;

import hudson.Util;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * A filter, an order and a page of promotions. All of it is in the URL, so a view can be bookmarked and needs no
 * script. Invalid parts of a URL are ignored.
 *
 * @param text text to find in any column, ignoring case; empty for all
 * @param image the repository of the targets; empty for all
 * @param outcome {@code null} for all
 * @param ascending whether the smallest comes first
 * @param page from 1
 */
public record HistoryQuery(
        String text, String image, Promotion.Outcome outcome, Column sort, boolean ascending, int page) {

    /** Rows per page. */
    static final int PAGE_SIZE = 50;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    /** The columns to sort by. */
    public enum Column {
        WHEN(Messages::Column_when, Comparator.comparingLong(e -> e.promotion().timestamp())),
        VERSION(
                Messages::Column_version,
                Comparator.comparing(e -> sortable(e.promotion().source()))),
        OUTCOME(
                Messages::Column_outcome,
                Comparator.comparing(e -> e.promotion().outcome())),
        BY(
                Messages::Column_by,
                Comparator.comparing(e -> e.promotion().startedBy().text().toLowerCase(Locale.ROOT))),
        BUILD(
                Messages::Column_build,
                Comparator.comparing(HistoryEntry::jobName).thenComparing(HistoryEntry::build));

        private final Supplier<String> label;
        private final Comparator<HistoryEntry> order;

        Column(Supplier<String> label, Comparator<HistoryEntry> order) {
            this.label = label;
            this.order = order;
        }

        /** The label of the column. */
        public String getLabel() {
            return label.get();
        }

        /** The id in a URL. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static HistoryQuery of(StaplerRequest2 request) {
        Function<String, String> parameter =
                name -> Util.fixNull(request.getParameter(name)).trim();
        return new HistoryQuery(
                parameter.apply("q"),
                parameter.apply("image"),
                named(Promotion.Outcome.values(), parameter.apply("outcome")).orElse(null),
                named(Column.values(), parameter.apply("sort")).orElse(Column.WHEN),
                parameter.apply("order").equals("asc"),
                pageNumber(parameter.apply("page")));
    }

    private static <E extends Enum<E>> Optional<E> named(E[] values, String name) {
        return Arrays.stream(values)
                .filter(v -> v.name().equalsIgnoreCase(name.replace('-', '_')))
                .findFirst();
    }

    private static int pageNumber(String text) {
        return text.matches("[1-9]\\d{0,6}") ? Integer.parseInt(text) : 1;
    }

    /** Compares numbers in versions numerically: 9 comes before 10. */
    private static String sortable(String text) {
        return NUMBER.matcher(text).replaceAll(n -> String.format("%018d", Long.valueOf(n.group())));
    }

    /** The matching promotions in the requested order; equal ones newest first. */
    List<HistoryEntry> apply(List<HistoryEntry> entries) {
        Comparator<HistoryEntry> order = ascending ? sort.order : sort.order.reversed();
        return entries.stream()
                .filter(this::matches)
                .sorted(order.thenComparing(HistoryEntry.NEWEST_FIRST))
                .toList();
    }

    private boolean matches(HistoryEntry entry) {
        Promotion promotion = entry.promotion();
        return (image.isEmpty() || image.equals(promotion.image()))
                && (outcome == null || outcome == promotion.outcome())
                && (text.isEmpty() || texts(entry).anyMatch(this::holdsText));
    }

    private boolean holdsText(String value) {
        return value.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
    }

    private static Stream<String> texts(HistoryEntry entry) {
        Promotion promotion = entry.promotion();
        return Stream.concat(
                Stream.of(
                        promotion.source(),
                        promotion.image(),
                        promotion.digest(),
                        promotion.reason(),
                        promotion.startedBy().userId(),
                        promotion.startedBy().text(),
                        entry.jobName(),
                        "#" + entry.build()),
                promotion.targets().stream().flatMap(t -> Stream.of(t.tag(), t.previousDigest())));
    }

    /** Whether any filter is set. */
    public boolean filters() {
        return !text.isEmpty() || !image.isEmpty() || outcome != null;
    }

    /** The same query, sorted by another column or in reverse. */
    public HistoryQuery sortedBy(Column column) {
        return new HistoryQuery(text, image, outcome, column, column == sort && !ascending, 1);
    }

    /** The same query for another page. */
    public HistoryQuery onPage(int number) {
        return new HistoryQuery(text, image, outcome, sort, ascending, number);
    }

    /** The query string, starting with the question mark. */
    public String address() {
        StringBuilder address = new StringBuilder("?sort=" + sort.id() + "&order=" + (ascending ? "asc" : "desc"));
        append(address, "q", text);
        append(address, "image", image);
        append(address, "outcome", outcome == null ? "" : outcome.getId());
        append(address, "page", page == 1 ? "" : Integer.toString(page));
        return address.toString();
    }

    private static void append(StringBuilder address, String name, String value) {
        if (!value.isEmpty()) {
            address.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }
}
