package io.jenkins.plugins.dockerpromotion.history;

import io.jenkins.plugins.dockerpromotion.history.TargetHistory.Placement;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Tags of an image that go back to an earlier digest, according to the history. Public, because Pipeline cannot save
 * other records.
 *
 * @param to the digest that they had
 * @param from the digest that they have
 */
public record RollbackMove(ImageName image, List<Tag> tags, Digest to, Digest from) implements Serializable {

    public RollbackMove {
        tags = new ArrayList<>(tags);
    }

    /** The tags with their image. */
    public List<ImageReference> references() {
        return tags.stream().map(tag -> ImageReference.tagged(image, tag)).toList();
    }

    /** The version that it goes back to, if it was promoted here, and its digest. */
    public String version() {
        return PromotionHistory.versionOf(image.toString(), to.toString())
                .map(known -> known + " (" + to + ")")
                .orElse(to.toString());
    }

    /**
     * The move of one tag.
     *
     * @param to a version that was promoted to the tag, or a digest that it had; {@code null} for its image before the
     *     last promotion
     * @throws IllegalArgumentException in one line, if the history does not know where to
     */
    public static RollbackMove ofTag(ImageName image, Tag tag, String to) {
        List<Placement> history = PromotionHistory.of(image, tag);
        if (history.isEmpty()) {
            throw new IllegalArgumentException("no promotion of this tag is recorded on this controller");
        }
        Digest from = Digest.parse(history.get(0).digest());
        return to == null
                ? before(PromotionHistory.lastPromotion(image, tag).orElse(history.get(0)), from)
                : new RollbackMove(image, List.of(tag), recorded(history, to), from);
    }

    private static Digest recorded(List<Placement> history, String to) {
        return history.stream()
                .filter(move -> Objects.equals(to, move.version()) || Objects.equals(to, move.digest()))
                .map(Placement::digest)
                .findFirst()
                .or(() -> history.stream()
                        .map(Placement::previousDigest)
                        .filter(to::equals)
                        .findFirst())
                .map(Digest::parse)
                .orElseThrow(() -> new IllegalArgumentException(
                        "no promotion of this tag to " + to + " is recorded on this controller"));
    }

    /**
     * The moves of all images of a train.
     *
     * @throws IllegalArgumentException in one line, if the history does not know the train, or where to
     */
    public static List<RollbackMove> ofTrain(String train) {
        List<Placement> recorded = PromotionHistory.train(train);
        if (recorded.isEmpty()) {
            throw new IllegalArgumentException("no such train is recorded on this controller");
        }
        Map<List<Object>, RollbackMove> back = new LinkedHashMap<>();
        recorded.stream()
                .filter(move -> !isTagOfOneVersion(move))
                .map(move -> before(move, Digest.parse(move.digest())))
                .forEach(move -> back.merge(List.of(move.image, move.to, move.from), move, RollbackMove::and));
        if (back.isEmpty()) {
            throw new IllegalArgumentException("all its tags were new then, so there are no earlier images");
        }
        return List.copyOf(back.values());
    }

    private RollbackMove and(RollbackMove other) {
        return new RollbackMove(
                image, Stream.concat(tags.stream(), other.tags.stream()).toList(), to, from);
    }

    /** A new tag such as {@code 1.0-rc}, which stays, because it never pointed to another version. */
    private static boolean isTagOfOneVersion(Placement move) {
        return move.previousDigest().isEmpty() && move.tag().contains(move.version());
    }

    private static RollbackMove before(Placement move, Digest from) {
        if (move.previousDigest().isEmpty()) {
            throw new IllegalArgumentException(
                    move.image() + ":" + move.tag() + " was new then, so there is no earlier image");
        }
        return new RollbackMove(
                ImageName.parse(move.image()), List.of(new Tag(move.tag())), Digest.parse(move.previousDigest()), from);
    }
}
