package io.jenkins.plugins.dockerpromotion.history;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.Cause;
import hudson.model.Run;
import hudson.model.User;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.UndoneReceipt;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.RegistryPage;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.docker.commons.fingerprint.DockerFingerprints;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * One promotion of one image, as it is kept and as the REST API gives it. A file may lack what an older version did not
 * write.
 *
 * @param timestamp when it was recorded, in milliseconds since 1970
 * @param source image and tag that were promoted
 * @param image the repository of the targets
 * @param failure why it failed, in one line; empty if it did not
 * @param verified by what it was verified before, in one line; empty if it was not
 */
@ExportedBean(defaultVisibility = 2)
public record Promotion(
        @Exported long timestamp,
        Origin origin,
        @Exported String source,
        @Exported String image,
        @Exported String digest,
        boolean dryRun,
        @Exported String failure,
        @Exported(inline = true) List<Target> targets,
        @Exported String verified) {

    public Promotion {
        origin = origin == null ? new Origin("", null, null, false, "") : origin;
        source = Util.fixNull(source);
        image = Util.fixNull(image);
        digest = Util.fixNull(digest);
        failure = Util.fixNull(failure);
        targets = targets == null
                ? List.of()
                : targets.stream().filter(Objects::nonNull).toList();
        verified = Util.fixNull(verified);
    }

    /** A promotion that was done, or planned. */
    static Promotion of(Origin origin, PromotionReceipt receipt) {
        return of(origin, receipt, "", Promotion::target);
    }

    private static Target target(PromotionReceipt.Target target) {
        return new Target(target.tag(), target.previousDigest(), target.changed(), "");
    }

    /** One that failed when tags had begun to move. */
    static Promotion failed(Origin origin, UndoneReceipt undone, String failure) {
        Map<String, UndoneReceipt.Outcome> outcomes =
                undone.outcomes().stream().collect(Collectors.toMap(UndoneReceipt.Outcome::tag, o -> o));
        return of(origin, undone.attempted(), failure, target -> {
            UndoneReceipt.Outcome outcome = outcomes.get(target.tag());
            return outcome == null
                    ? target(target)
                    : new Target(target.tag(), target.previousDigest(), outcome.standsAsPromoted(), outcome.text());
        });
    }

    private static Promotion of(
            Origin origin, PromotionReceipt receipt, String failure, Function<PromotionReceipt.Target, Target> target) {
        return new Promotion(
                System.currentTimeMillis(),
                origin,
                receipt.source(),
                receipt.image(),
                receipt.digest(),
                receipt.dryRun(),
                failure,
                receipt.targets().stream().map(target).toList(),
                receipt.accepted());
    }

    /** Whether it names an image and tags of it: a damaged file may not. */
    boolean isComplete() {
        try {
            ImageName.parse(image);
            return !targets.isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    public Date date() {
        return new Date(timestamp);
    }

    /** The time as ISO 8601 writes it. */
    public String time() {
        return Instant.ofEpochMilli(timestamp).toString();
    }

    /** The promoted tag; the beginning of the digest if it was promoted by that. */
    public String version() {
        return isByDigest() ? shortDigest() : source.substring(source.lastIndexOf(':') + 1);
    }

    /** The same, where an image that was promoted by digest has the version of another promotion. */
    String version(Map<String, String> versions) {
        return isByDigest() ? versions.getOrDefault(digest, version()) : version();
    }

    boolean isByDigest() {
        return source.indexOf('@') >= 0;
    }

    /** Whether the image came from another repository than that of the targets. */
    public boolean isFromElsewhere() {
        return !source.startsWith(image + ":") && !source.startsWith(image + "@");
    }

    /** The digest's beginning, for people. */
    public String shortDigest() {
        return abbreviated(digest);
    }

    /** As {@link Digest#abbreviated}, whatever a file holds. */
    static String abbreviated(String digest) {
        try {
            return Digest.parse(digest).abbreviated();
        } catch (IllegalArgumentException e) {
            return digest;
        }
    }

    /** The address of the digest's fingerprint behind Jenkins' own, {@code null} if there is none: for Jelly. */
    @CheckForNull
    public String fingerprintUrl() {
        // docker-commons takes 64 digits.
        return failure.isEmpty() && !dryRun && digest.matches("sha256:[a-f0-9]{64}")
                ? "fingerprint/" + DockerFingerprints.getFingerprintHash(digest) + "/"
                : null;
    }

    @Exported(inline = true)
    public StartedBy startedBy() {
        return origin.startedBy;
    }

    @Exported(inline = true)
    public Train train() {
        return origin.train;
    }

    /** Why it was rolled back; empty if nobody gave a reason. */
    @Exported
    public String reason() {
        return origin.reason;
    }

    public boolean isRollback() {
        return origin.rollback;
    }

    /** Whether it is the same step of the same build, done again after a restart. */
    boolean isSameAs(Promotion other) {
        return origin.step.equals(other.origin.step) && image.equals(other.image);
    }

    @Exported
    public Outcome outcome() {
        if (!failure.isEmpty()) {
            return Outcome.FAILED;
        }
        if (dryRun) {
            return Outcome.PLANNED;
        }
        if (!changesAnything()) {
            return Outcome.UNCHANGED;
        }
        return isRollback() ? Outcome.ROLLED_BACK : Outcome.PROMOTED;
    }

    boolean changesAnything() {
        return targets.stream().anyMatch(Target::changed);
    }

    /** The page of a target at its registry, {@code null} if there is none: for Jelly. */
    @CheckForNull
    public String pageOf(Target target) {
        try {
            return RegistryPage.of(ImageName.parse(image), new Tag(target.tag))
                    .map(URI::toString)
                    .orElse(null);
        } catch (IllegalArgumentException e) {
            // Only from a file that somebody edited.
            return null;
        }
    }

    /**
     * One tag that the image got.
     *
     * @param previousDigest what the tag pointed to before; empty if it did not exist
     * @param changed whether the tag was moved, or would be; after a failure, whether it may point to the promoted image
     * @param note after a failure, where the tag points to; else empty
     */
    @ExportedBean(defaultVisibility = 2)
    public record Target(
            @Exported String tag,
            @Exported String previousDigest,
            @Exported boolean changed,
            @Exported String note) {

        public Target {
            tag = Util.fixNull(tag);
            previousDigest = Util.fixNull(previousDigest);
            note = Util.fixNull(note);
        }

        /** Its beginning, for people. */
        public String shortPreviousDigest() {
            return abbreviated(previousDigest);
        }

        /**
         * What targets of the same purpose have in common: {@code {tag}-rc} for {@code 2017.2.103-rc}. A version without a
         * number, such as {@code latest}, is not looked for in the tag.
         */
        String purpose(String version) {
            return version.chars().anyMatch(Character::isDigit) ? tag.replace(version, "{tag}") : tag;
        }
    }

    /**
     * What a step knows of the promotions it makes.
     *
     * @param step its id in the build, by which it is known again after a restart
     * @param rollback whether it takes the targets back to an image that they had before
     * @param reason of a roll-back; may be empty
     */
    record Origin(String step, StartedBy startedBy, Train train, boolean rollback, String reason) {
        Origin {
            step = Util.fixNull(step);
            startedBy = startedBy == null ? StartedBy.UNKNOWN : startedBy;
            train = train == null ? new Train("", 1) : train;
            reason = Util.fixNull(reason);
        }
    }

    /**
     * The images that were promoted together.
     *
     * @param id empty for an image that was promoted alone
     * @param images how many there were
     */
    @ExportedBean(defaultVisibility = 2)
    public record Train(@Exported String id, @Exported int images) {
        public Train {
            id = Util.fixNull(id);
        }
    }

    /**
     * Who or what started the build: a user, or else the build's cause.
     *
     * @param userId empty if it was not a user
     * @param text the user's name, or the cause's description
     */
    @ExportedBean(defaultVisibility = 2)
    public record StartedBy(
            @Exported String userId, @Exported String text) {

        static final StartedBy UNKNOWN = new StartedBy("", "");

        public StartedBy {
            userId = Util.fixNull(userId);
            text = Util.fixNull(text);
        }

        static StartedBy of(Run<?, ?> run) {
            Cause.UserIdCause user = run.getCause(Cause.UserIdCause.class);
            if (user != null) {
                return new StartedBy(user.getUserId(), user.getUserName());
            }
            return run.getCauses().stream()
                    .findFirst()
                    .map(cause -> new StartedBy("", cause.getShortDescription()))
                    .orElse(UNKNOWN);
        }

        /** The page of the user, {@code null} if there is no such user any more: for Jelly. */
        @CheckForNull
        public String url() {
            User user = userId.isEmpty() ? null : User.getById(userId, false);
            return user == null ? null : user.getUrl();
        }
    }

    /** What became of a promotion. */
    public enum Outcome {
        /** At least one tag was moved to the image. */
        PROMOTED(Messages::Outcome_promoted),
        /** A tag was taken back to an image that it had before. */
        ROLLED_BACK(Messages::Outcome_rolledBack),
        /** All tags pointed to the image already. */
        UNCHANGED(Messages::Outcome_unchanged),
        /** It was a dry run. */
        PLANNED(Messages::Outcome_planned),
        /** It failed or was aborted when tags had begun to move; the targets say where each of them is. */
        FAILED(Messages::Outcome_failed);

        private final Supplier<String> label;

        Outcome(Supplier<String> label) {
            this.label = label;
        }

        /** For people. */
        public String getLabel() {
            return label.get();
        }

        /** As in an address and in names of styles. */
        public String getId() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
