package io.jenkins.plugins.dockerpromotion.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * The versions that a target had over time, according to the promotions. A target is a tag, such as {@code production},
 * or a pattern, such as {@code {tag}-rc}, for all tags created from it. Without dry runs and undone promotions.
 *
 * @param image the repository
 * @param versions oldest first
 */
public record TargetHistory(String image, String target, List<Placement> versions) {

    /** One version, with the promotion that moved the target to it. */
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

        /** Whether a promotion failed and could not put the tag back, so that its state is unknown. */
        @Exported
        public boolean isUncertain() {
            return entry.promotion().outcome() == Promotion.Outcome.FAILED;
        }

        /** Whether the target was moved back to this version. */
        @Exported
        public boolean isRollback() {
            return entry.promotion().isRollback();
        }

        @Exported
        public String url() {
            return entry.url();
        }

        /** Whether the tag pointed to another image before and has not been moved back. */
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
     * The histories of all targets, in the order in which versions reach them.
     *
     * @param newestFirst promotions
     */
    static List<TargetHistory> of(List<HistoryEntry> newestFirst) {
        Map<List<String>, TargetHistory> histories = new LinkedHashMap<>();
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
                            .add(new Placement(promotion.image(), target, promotion.version(), entry, tag));
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

    /** A repeated promotion does not change the time of its version. */
    private void add(Placement placement) {
        if (versions.isEmpty() || !current().isSameAs(placement)) {
            versions.add(placement);
        }
    }

    /** The current version of the target. */
    public Placement current() {
        return versions.get(versions.size() - 1);
    }

    /** Whether each version has its own tag in this target, so that versions do not replace each other. */
    public boolean isPerVersion() {
        return target.contains("{tag}");
    }
}
