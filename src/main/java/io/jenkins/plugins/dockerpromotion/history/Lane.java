package io.jenkins.plugins.dockerpromotion.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The way of an image's versions through one target, such as {@code production}, or {@code {tag}-rc} for all the tags
 * made by it: what stood there, one after the other, as far as promotions tell. Dry runs are no part of it, nor are
 * promotions that were undone.
 *
 * @param image the repository
 * @param name of the target
 * @param stands the oldest first
 */
public record Lane(String image, String name, List<Stand> stands) {

    /** One version that stood there, from the promotion that put it there. */
    public record Stand(HistoryEntry entry, PromotedTag target) {

        public String version() {
            return entry.getPromotion().getVersion();
        }

        /** Whether a promotion failed and could not put the tag back, so that nobody knows. */
        public boolean isUncertain() {
            return entry.getPromotion().getOutcome() == Outcome.FAILED;
        }

        private boolean sameAs(Stand other) {
            return target.getTag().equals(other.target.getTag())
                    && isUncertain() == other.isUncertain()
                    && entry.getPromotion()
                            .getDigest()
                            .equals(other.entry.getPromotion().getDigest());
        }
    }

    /**
     * All lanes, in the order in which versions come to them.
     *
     * @param newestFirst promotions
     */
    static List<Lane> of(List<HistoryEntry> newestFirst) {
        Map<List<String>, Lane> lanes = new LinkedHashMap<>();
        List<HistoryEntry> oldestFirst = new ArrayList<>(newestFirst);
        Collections.reverse(oldestFirst);
        for (HistoryEntry entry : oldestFirst) {
            Promotion promotion = entry.getPromotion();
            for (PromotedTag target : promotion.getTargets()) {
                if (stands(promotion, target)) {
                    String name = target.lane(promotion.getVersion());
                    lanes.computeIfAbsent(
                                    List.of(promotion.getImage(), name),
                                    key -> new Lane(key.get(0), key.get(1), new ArrayList<>()))
                            .add(new Stand(entry, target));
                }
            }
        }
        return List.copyOf(lanes.values());
    }

    private static boolean stands(Promotion promotion, PromotedTag target) {
        return switch (promotion.getOutcome()) {
            case PROMOTED, UNCHANGED -> true;
            case PLANNED -> false;
            case FAILED -> target.isChanged();
        };
    }

    /** What was there already stands there since it came. */
    private void add(Stand stand) {
        if (stands.isEmpty() || !current().sameAs(stand)) {
            stands.add(stand);
        }
    }

    /** What stands there now. */
    public Stand current() {
        return stands.get(stands.size() - 1);
    }

    /** Whether each version has a tag of its own there, and none takes the place of another. */
    public boolean isPerVersion() {
        return name.contains("{tag}");
    }
}
