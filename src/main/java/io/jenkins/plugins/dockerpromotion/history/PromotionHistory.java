package io.jenkins.plugins.dockerpromotion.history;

import hudson.model.Job;
import io.jenkins.plugins.dockerpromotion.history.Promotion.Outcome;
import io.jenkins.plugins.dockerpromotion.history.TargetHistory.Placement;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import jenkins.model.Jenkins;

/** The recorded promotions of all jobs that the current user may see. */
public final class PromotionHistory {

    private PromotionHistory() {}

    /**
     * The promotions that moved a tag, newest first. Without dry runs, failures and promotions that changed nothing.
     */
    public static List<Placement> of(ImageName image, Tag tag) {
        return moves(entries())
                .filter(move ->
                        move.image().equals(image.toString()) && move.tag().equals(tag.value()))
                .toList();
    }

    /** The promotion that a roll-back reverts: the last one that moved the tag and was not itself a roll-back. */
    public static Optional<Placement> lastPromotion(ImageName image, Tag tag) {
        return of(image, tag).stream().filter(move -> !move.isRollback()).findFirst();
    }

    /**
     * The tags that a train moved.
     *
     * @param buildOrId the id of a train, or a build as {@code job #12}, {@code job#12} or by URL. For a build with
     *     several trains, the last one counts.
     * @return empty if there is no such train
     */
    public static List<Placement> train(String buildOrId) {
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

    private static Stream<Placement> moves(Stream<HistoryEntry> entries) {
        return entries.filter(entry -> entry.promotion().outcome() == Outcome.PROMOTED
                        || entry.promotion().outcome() == Outcome.ROLLED_BACK)
                .flatMap(entry -> entry.promotion().targets().stream()
                        .filter(Promotion.Target::changed)
                        .map(target -> new Placement(entry, target)));
    }

    /** All promotions, newest first. */
    static Stream<HistoryEntry> entries() {
        return StreamSupport.stream(Jenkins.get().allItems(Job.class).spliterator(), false)
                .flatMap(job -> PromotionStore.entries((Job<?, ?>) job).stream())
                .sorted(HistoryEntry.NEWEST_FIRST);
    }
}
