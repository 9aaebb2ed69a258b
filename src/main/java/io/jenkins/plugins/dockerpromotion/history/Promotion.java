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
 * One promotion of one image, as stored and as in the REST API. Files of older versions may lack some fields.
 *
 * @param timestamp when it was recorded, in milliseconds since 1970
 * @param source image and tag that were promoted
 * @param image the repository of the targets
 * @param failure why it failed, in one line; empty if it did not
 * @param verified what verified the image, in one line; empty if it was not verified
 * @param version the promoted tag; for an image that was named by its digest, the tag of an earlier promotion if there was
 *     one, else the beginning of the digest
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
        @Exported String verified,
        @Exported String version) {

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
        version = Util.fixNull(version);
        if (version.isEmpty()) {
            version = isByDigest(source) ? abbreviated(digest) : source.substring(source.lastIndexOf(':') + 1);
        }
    }

    /** Creates the record of a completed or planned promotion. */
    static Promotion of(Origin origin, PromotionReceipt receipt) {
        return of(origin, receipt, "", Promotion::target);
    }

    private static Target target(PromotionReceipt.Target target) {
        return new Target(target.tag(), target.previousDigest(), target.changed(), "");
    }

    /** Creates the record of a promotion that failed after its first tag had moved. */
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
                receipt.accepted(),
                "");
    }

    /** The same with the version of an image that was named by its digest. */
    Promotion withVersion(String known) {
        return new Promotion(timestamp, origin, source, image, digest, dryRun, failure, targets, verified, known);
    }

    /** Whether it has an image and tags; it may not if the file is damaged. */
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

    /** The time in ISO 8601 format. */
    public String time() {
        return Instant.ofEpochMilli(timestamp).toString();
    }

    boolean isByDigest() {
        return isByDigest(source);
    }

    private static boolean isByDigest(String source) {
        return source.indexOf('@') >= 0;
    }

    /** The promoted image for people: with its version rather than its whole digest. */
    public String shownSource() {
        int at = source.indexOf('@');
        return at < 0 ? source : source.substring(0, at) + (version.indexOf(':') < 0 ? ":" : "@") + version;
    }

    /** Whether source and targets are in different repositories. */
    public boolean isFromElsewhere() {
        return !source.startsWith(image + ":") && !source.startsWith(image + "@");
    }

    /** The abbreviated digest. */
    public String shortDigest() {
        return abbreviated(digest);
    }

    /** Like {@link Digest#abbreviated}, but accepts any text from a file. */
    static String abbreviated(String digest) {
        try {
            return Digest.parse(digest).abbreviated();
        } catch (IllegalArgumentException e) {
            return digest;
        }
    }

    /** For Jelly: the relative URL of the digest's fingerprint, {@code null} if there is none. */
    @CheckForNull
    public String fingerprintUrl() {
        // docker-commons requires 64 digits.
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

    /** Why it was rolled back; empty without a reason. */
    @Exported
    public String reason() {
        return origin.reason;
    }

    public boolean isRollback() {
        return origin.rollback;
    }

    /** Whether it is from the same step of the same build, repeated after a restart. */
    boolean isSameAs(Promotion other) {
        return origin.step.equals(other.origin.step) && image.equals(other.image) && tags().equals(other.tags());
    }

    private List<String> tags() {
        return targets.stream().map(Target::tag).toList();
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

    /** For Jelly: the page of a target at its registry, {@code null} if there is none. */
    @CheckForNull
    public String pageOf(Target target) {
        try {
            return RegistryPage.of(ImageName.parse(image), new Tag(target.tag))
                    .map(URI::toString)
                    .orElse(null);
        } catch (IllegalArgumentException e) {
            // Possible only if someone edited the file.
            return null;
        }
    }

    /**
     * One target tag of the image.
     *
     * @param previousDigest what the tag pointed to before; empty if it did not exist
     * @param changed whether the tag was moved, or would be; after a failure, whether it may still point to the
     *     promoted image
     * @param note after a failure, the state of the tag; otherwise empty
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

        /** The abbreviated digest. */
        public String shortPreviousDigest() {
            return abbreviated(previousDigest);
        }

        /**
         * The pattern of targets with the same purpose: {@code {tag}-rc} for {@code 2017.2.103-rc}. A version without a
         * number, such as {@code latest}, is not replaced.
         */
        String purpose(String version) {
            return version.chars().anyMatch(Character::isDigit) ? tag.replace(version, "{tag}") : tag;
        }
    }

    /**
     * Details about the step that promotes.
     *
     * @param step its id in the build, which identifies it after a restart
     * @param rollback whether it moves the targets back to an earlier image
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
     * Images that were promoted together.
     *
     * @param id empty for an image that was promoted alone
     * @param images number of images
     */
    @ExportedBean(defaultVisibility = 2)
    public record Train(@Exported String id, @Exported int images) {
        public Train {
            id = Util.fixNull(id);
        }
    }

    /**
     * Who or what started the build: a user, or the build's cause.
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

        /** For Jelly: the page of the user, {@code null} if the user no longer exists. */
        @CheckForNull
        public String url() {
            User user = userId.isEmpty() ? null : User.getById(userId, false);
            return user == null ? null : user.getUrl();
        }
    }

    /** The outcome of a promotion. */
    public enum Outcome {
        /** At least one tag was moved to the image. */
        PROMOTED(Messages::Outcome_promoted),
        /** A tag was moved back to an earlier image. */
        ROLLED_BACK(Messages::Outcome_rolledBack),
        /** All tags already pointed to the image. */
        UNCHANGED(Messages::Outcome_unchanged),
        /** It was a dry run. */
        PLANNED(Messages::Outcome_planned),
        /** It failed or was aborted after its first tag had moved; each target has its state. */
        FAILED(Messages::Outcome_failed);

        private final Supplier<String> label;

        Outcome(Supplier<String> label) {
            this.label = label;
        }

        /** The label. */
        public String getLabel() {
            return label.get();
        }

        /** The id in URLs and CSS classes. */
        public String getId() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
