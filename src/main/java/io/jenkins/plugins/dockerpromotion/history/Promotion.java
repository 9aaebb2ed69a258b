package io.jenkins.plugins.dockerpromotion.history;

import hudson.Util;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.UndoneReceipt;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.docker.commons.fingerprint.DockerFingerprints;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * One promotion as a build keeps it: written to {@code build.xml} and to the job's index, and given out by the REST API.
 * A field that an older version did not write is made up for in {@link #complete}.
 */
@ExportedBean(defaultVisibility = 2)
public final class Promotion {

    private String id;
    private long when;
    private Starter by;
    private String source;
    private String image;
    private String digest;
    private boolean dryRun;
    private String failure;
    private List<PromotedTag> targets;

    /** For what reads it from a file. */
    private Promotion() {}

    private Promotion(UUID step, Starter by, PromotionReceipt receipt) {
        this.id = step.toString();
        this.when = System.currentTimeMillis();
        this.by = by;
        this.source = receipt.source();
        this.image = receipt.image();
        this.digest = receipt.digest();
        this.dryRun = receipt.dryRun();
        this.failure = "";
        this.targets = receipt.targets().stream()
                .map(t -> new PromotedTag(t.tag(), t.previousDigest(), t.changed(), ""))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /**
     * A promotion that was done, or planned.
     *
     * @param step which of the build's steps did it
     */
    static Promotion of(UUID step, Starter by, PromotionReceipt receipt) {
        return new Promotion(step, by, receipt);
    }

    /** One that failed half-way. */
    static Promotion failed(UUID step, Starter by, UndoneReceipt undone, String failure) {
        Promotion promotion = new Promotion(step, by, undone.attempted());
        Map<String, UndoneReceipt.Outcome> outcomes =
                undone.outcomes().stream().collect(Collectors.toMap(UndoneReceipt.Outcome::tag, o -> o));
        promotion.failure = failure;
        promotion.targets.replaceAll(target -> {
            UndoneReceipt.Outcome outcome = outcomes.get(target.getTag());
            return outcome == null ? target : target.undone(outcome.standsAsPromoted(), outcome.text());
        });
        return promotion;
    }

    private Object readResolve() {
        return complete();
    }

    /** Makes up for what the file it was read from does not have. */
    Promotion complete() {
        id = Util.fixNull(id);
        by = by == null ? Starter.UNKNOWN : by.complete();
        source = Util.fixNull(source);
        image = Util.fixNull(image);
        digest = Util.fixNull(digest);
        failure = Util.fixNull(failure);
        targets = new ArrayList<>(Util.fixNull(targets));
        targets.removeIf(Objects::isNull);
        targets.forEach(PromotedTag::complete);
        return this;
    }

    /** Which of the build's steps did it. */
    String id() {
        return id;
    }

    /** When it was recorded, in milliseconds since 1970. */
    @Exported
    public long getTimestamp() {
        return when;
    }

    public Date getDate() {
        return new Date(when);
    }

    /** The same as ISO 8601 writes it. */
    public String getTime() {
        return Instant.ofEpochMilli(when).toString();
    }

    @Exported(inline = true)
    public Starter getStartedBy() {
        return by;
    }

    /** Image and tag that were promoted. */
    @Exported
    public String getSource() {
        return source;
    }

    /** The promoted tag: the version. */
    public String getVersion() {
        return source.substring(source.lastIndexOf(':') + 1);
    }

    /** The repository of the targets. */
    @Exported
    public String getImage() {
        return image;
    }

    /** Whether the image came from another repository than that of the targets. */
    public boolean isFromElsewhere() {
        return !source.equals(image + ":" + getVersion());
    }

    @Exported
    public String getDigest() {
        return digest;
    }

    /** The digest's beginning, for people. */
    public String getShortDigest() {
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

    /** Whether the image stands at its targets now, so that the digest leads to this build. */
    boolean isDone() {
        return failure.isEmpty() && !dryRun;
    }

    /** The address of the digest's fingerprint behind Jenkins' own, {@code null} if there is none: for Jelly. */
    public String getFingerprintUrl() {
        // docker-commons takes 64 digits.
        return isDone() && digest.matches("sha256:[a-f0-9]{64}")
                ? "fingerprint/" + DockerFingerprints.getFingerprintHash(digest) + "/"
                : null;
    }

    @Exported
    public Outcome getOutcome() {
        if (!failure.isEmpty()) {
            return Outcome.FAILED;
        }
        if (dryRun) {
            return Outcome.PLANNED;
        }
        return changesAnything() ? Outcome.PROMOTED : Outcome.UNCHANGED;
    }

    boolean changesAnything() {
        return targets.stream().anyMatch(PromotedTag::isChanged);
    }

    /** Why it failed, in one line; empty if it did not. */
    @Exported
    public String getFailure() {
        return failure;
    }

    @Exported(inline = true)
    public List<PromotedTag> getTargets() {
        return Collections.unmodifiableList(targets);
    }

    /** The page of a target at its registry, {@code null} if there is none: for Jelly. */
    public String pageOf(PromotedTag target) {
        return target.page(image).orElse(null);
    }

    /** The image's name where it is one; nothing of a file's damage gets further. */
    static boolean isImage(String name) {
        try {
            ImageName.parse(name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
