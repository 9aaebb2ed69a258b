package io.jenkins.plugins.dockerpromotion.history;

import hudson.model.Job;
import io.jenkins.plugins.dockerpromotion.history.Promotion.Outcome;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import jenkins.model.Jenkins;

/** The recorded promotions of all jobs that the current user may see. */
public final class PromotionHistory {

    private PromotionHistory() {}

    /**
     * A move of a tag to an image.
     *
     * @param version the tag that was promoted
     * @param previousDigest empty if the tag did not exist before
     * @param timestamp in milliseconds since 1970
     * @param build the build's number
     * @param url the build's address
     * @param userId empty if it was not a user
     * @param startedBy the user's name, or what else started the build
     * @param reason of a roll-back; may be empty
     * @param train empty for an image that was promoted alone
     */
    public record Recorded(
            String image,
            String tag,
            String version,
            String digest,
            String previousDigest,
            long timestamp,
            String job,
            int build,
            String url,
            String userId,
            String startedBy,
            boolean rollback,
            String reason,
            String train)
            implements Serializable {

        private static Recorded of(HistoryEntry entry, Promotion.Target target) {
            Promotion promotion = entry.promotion();
            return new Recorded(
                    promotion.image(),
                    target.tag(),
                    promotion.version(),
                    promotion.digest(),
                    target.previousDigest(),
                    promotion.timestamp(),
                    entry.jobName(),
                    entry.build(),
                    entry.url(),
                    promotion.startedBy().userId(),
                    promotion.startedBy().text(),
                    promotion.isRollback(),
                    promotion.reason(),
                    promotion.train().id());
        }

        /** As a map for sandboxed scripts; {@code null} for missing values. */
        public Map<String, Object> asMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("image", image);
            map.put("tag", tag);
            map.put("version", version);
            map.put("digest", digest);
            map.put("previousDigest", orNull(previousDigest));
            map.put("timestamp", timestamp);
            map.put("job", job);
            map.put("build", build);
            map.put("url", url);
            map.put("userId", orNull(userId));
            map.put("startedBy", startedBy);
            map.put("rollback", rollback);
            map.put("reason", orNull(reason));
            map.put("train", orNull(train));
            return map;
        }

        private static String orNull(String text) {
            return text.isEmpty() ? null : text;
        }
    }

    /**
     * The promotions that moved a tag, newest first. Without dry runs, failures and promotions that changed nothing.
     */
    public static List<Recorded> of(ImageName image, Tag tag) {
        return moves(entries())
                .filter(move -> move.image.equals(image.toString()) && move.tag.equals(tag.value()))
                .toList();
    }

    /** The promotion that a roll-back reverts: the last one that moved the tag and was not itself a roll-back. */
    public static Optional<Recorded> lastPromotion(ImageName image, Tag tag) {
        return of(image, tag).stream().filter(move -> !move.rollback).findFirst();
    }

    /**
     * The tags that a train moved.
     *
     * @param buildOrId the id of a train, or a build as {@code job #12}, {@code job#12} or by URL. For a build with
     *     several trains, the last one counts.
     * @return empty if there is no such train
     */
    public static List<Recorded> train(String buildOrId) {
        List<HistoryEntry> trains =
                entries().filter(e -> !e.promotion().train().id().isEmpty()).toList();
        Optional<String> id = trains.stream()
                .filter(entry -> entry.promotion().train().id().equals(buildOrId) || isBuild(entry, buildOrId))
                .map(entry -> entry.promotion().train().id())
                .findFirst();
        return moves(trains.stream()
                        .filter(entry -> id.filter(entry.promotion().train().id()::equals)
                                .isPresent()))
                .toList();
    }

    private static boolean isBuild(HistoryEntry entry, String text) {
        String build = text.endsWith("/") ? text : text + "/";
        return text.replace(" #", "#").equals(entry.jobName() + "#" + entry.build())
                || build.equals(entry.url())
                || build.equals(entry.buildUrl());
    }

    /** The tag by which an image was promoted last, if it was. */
    public static Optional<String> versionOf(String image, String digest) {
        return entries()
                .map(HistoryEntry::promotion)
                .filter(promotion ->
                        promotion.image().equals(image) && promotion.digest().equals(digest))
                .filter(promotion -> !promotion.isByDigest())
                .map(Promotion::version)
                .findFirst();
    }

    private static Stream<Recorded> moves(Stream<HistoryEntry> entries) {
        return entries.filter(entry -> entry.promotion().outcome() == Outcome.PROMOTED
                        || entry.promotion().outcome() == Outcome.ROLLED_BACK)
                .flatMap(entry -> entry.promotion().targets().stream()
                        .filter(Promotion.Target::changed)
                        .map(target -> Recorded.of(entry, target)));
    }

    /** All promotions, newest first. */
    static Stream<HistoryEntry> entries() {
        return StreamSupport.stream(Jenkins.get().allItems(Job.class).spliterator(), false)
                .flatMap(job -> PromotionStore.entries((Job<?, ?>) job).stream())
                .sorted(HistoryEntry.NEWEST_FIRST);
    }
}
