package io.jenkins.plugins.dockerpromotion.history;

import hudson.Util;
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

    /** A tag, and the promotion that moved it to its image. */
    @ExportedBean(defaultVisibility = 2)
    public record Placement(HistoryEntry entry, Promotion.Target moved) {

        @Exported
        public String image() {
            return entry.promotion().image();
        }

        @Exported
        public String target() {
            return moved.purpose(version());
        }

        /** The tag that was promoted. */
        @Exported
        public String version() {
            return entry.promotion().version();
        }

        @Exported
        public String tag() {
            return moved.tag();
        }

        @Exported
        public String digest() {
            return entry.promotion().digest();
        }

        /** Empty if the tag did not exist before. */
        public String previousDigest() {
            return moved.previousDigest();
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
            return !target().contains("{tag}")
                    && entry.promotion().outcome() == Promotion.Outcome.PROMOTED
                    && !previousDigest().isEmpty();
        }

        /** As a map for sandboxed scripts; {@code null} for missing values. */
        public Map<String, Object> asMap() {
            Promotion promotion = entry.promotion();
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("image", image());
            map.put("tag", tag());
            map.put("version", version());
            map.put("digest", digest());
            map.put("previousDigest", Util.fixEmpty(previousDigest()));
            map.put("timestamp", since());
            map.put("job", entry.jobName());
            map.put("build", entry.build());
            map.put("url", url());
            map.put("userId", Util.fixEmpty(promotion.startedBy().userId()));
            map.put("startedBy", promotion.startedBy().text());
            map.put("rollback", isRollback());
            map.put("reason", Util.fixEmpty(promotion.reason()));
            map.put("train", Util.fixEmpty(promotion.train().id()));
            return map;
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
                    Placement placement = new Placement(entry, tag);
                    histories
                            .computeIfAbsent(
                                    List.of(placement.image(), placement.target()),
                                    key -> new TargetHistory(key.get(0), key.get(1), new ArrayList<>()))
                            .add(placement);
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
