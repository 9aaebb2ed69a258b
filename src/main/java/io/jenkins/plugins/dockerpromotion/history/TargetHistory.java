package io.jenkins.plugins.dockerpromotion.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * The versions of an image that a target had, one after the other, as far as promotions tell. A target is a tag, such as
 * {@code production}, or {@code {tag}-rc} for all the tags made by it. Dry runs are no part of it, nor are promotions that
 * were undone.
 *
 * @param image the repository
 * @param versions the oldest first
 */
public record TargetHistory(String image, String target, List<Placement> versions) {

    /** One version, from the promotion that moved the target to it. */
    @ExportedBean(defaultVisibility = 2)
    public record Placement(
            @Exported String image,
            @Exported String target,
            @Exported String version,
            HistoryEntry entry,
            Promotion.Target moved) {

        @Exported
        public String tag() {
            return moved.tag();
        }

        @Exported
        public String digest() {
            return entry.promotion().digest();
        }

        /** In milliseconds since 1970. */
        @Exported
        public long since() {
            return entry.promotion().timestamp();
        }

        /** Whether a promotion failed and could not put the tag back, so that nobody knows. */
        @Exported
        public boolean isUncertain() {
            return entry.promotion().outcome() == Promotion.Outcome.FAILED;
        }

        /** Whether it is a version that the target had before, and was taken back to. */
        @Exported
        public boolean isRollback() {
            return entry.promotion().isRollback();
        }

        @Exported
        public String url() {
            return entry.url();
        }

        /** Whether the tag was at another image before, and is not back there already. */
        public boolean isRollbackPossible() {
            return !target.contains("{tag}")
                    && entry.promotion().outcome() == Promotion.Outcome.PROMOTED
                    && !moved.previousDigest().isEmpty();
        }

        private boolean isSameAs(Placement other) {
            return tag().equals(other.tag()) && isUncertain() == other.isUncertain() && digest().equals(other.digest());
        }
    }

    /**
     * The histories of all targets, in the order in which versions come to them.
     *
     * @param newestFirst promotions
     */
    static List<TargetHistory> of(List<HistoryEntry> newestFirst) {
        Map<List<String>, TargetHistory> histories = new LinkedHashMap<>();
        Map<String, String> versions = HistoryEntry.versions(newestFirst);
        List<HistoryEntry> oldestFirst = new ArrayList<>(newestFirst);
        Collections.reverse(oldestFirst);
        for (HistoryEntry entry : oldestFirst) {
            Promotion promotion = entry.promotion();
            for (Promotion.Target tag : promotion.targets()) {
                if (isPlaced(promotion, tag)) {
                    String target = tag.purpose(promotion.version());
                    histories
                            .computeIfAbsent(
                                    List.of(promotion.image(), target),
                                    key -> new TargetHistory(promotion.image(), target, new ArrayList<>()))
                            .add(new Placement(promotion.image(), target, promotion.version(versions), entry, tag));
                }
            }
        }
        return List.copyOf(histories.values());
    }

    private static boolean isPlaced(Promotion promotion, Promotion.Target tag) {
        return switch (promotion.outcome()) {
            case PLANNED -> false;
            case FAILED -> tag.changed();
            default -> true;
        };
    }

    /** A version that was there already is there since it came. */
    private void add(Placement placement) {
        if (versions.isEmpty() || !current().isSameAs(placement)) {
            versions.add(placement);
        }
    }

    /** The version that the target has now. */
    public Placement current() {
        return versions.get(versions.size() - 1);
    }

    /** Whether each version has a tag of its own there, so that none takes the place of another. */
    public boolean isPerVersion() {
        return target.contains("{tag}");
    }
}
