package io.jenkins.plugins.dockerpromotion.history;

import hudson.model.Run;
import io.jenkins.plugins.dockerpromotion.history.Promotion.Origin;
import io.jenkins.plugins.dockerpromotion.history.Promotion.StartedBy;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt.Target;
import io.jenkins.plugins.dockerpromotion.promotion.UndoneReceipt;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Sample promotions. */
final class Samples {

    static final String IMAGE = "technolog/serviceone";
    static final String REASON = "Cannot push: the registry answered 403; now: latest put back";

    private Samples() {}

    /** Returns a different digest for each text. */
    static String digest(String text) {
        return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    static PromotionReceipt receipt(String version, Target... targets) {
        return receipt(IMAGE, version, false, targets);
    }

    static PromotionReceipt receipt(String image, String version, boolean dryRun, Target... targets) {
        return new PromotionReceipt(
                image + ":" + version,
                image,
                digest(version),
                "application/vnd.oci.image.index.v1+json",
                List.of("linux/amd64"),
                List.of(targets),
                dryRun);
    }

    /** Returns a target whose tag was created. */
    static Target created(String tag) {
        return new Target(tag, "", true);
    }

    /** Returns a target whose tag pointed to another version before. */
    static Target moved(String tag, String before) {
        return new Target(tag, digest(before), true);
    }

    /** Returns a target whose tag already pointed to the version. */
    static Target unchanged(String tag, String version) {
        return new Target(tag, digest(version), false);
    }

    static Promotion promotion(String version, Target... targets) {
        return promotion(receipt(version, targets));
    }

    static Promotion promotion(PromotionReceipt receipt) {
        return Promotion.of(origin(StartedBy.UNKNOWN), receipt);
    }

    /** Returns the origin of a new step. */
    static Origin origin(StartedBy by) {
        return new Origin(UUID.randomUUID().toString(), by, null, false, "");
    }

    /** Returns the origin of a rollback. */
    static Origin rollback(StartedBy by, String reason) {
        return new Origin(UUID.randomUUID().toString(), by, null, true, reason);
    }

    /** Returns a copy of the promotion with another time, in milliseconds since 1970. */
    static Promotion at(long time, Promotion p) {
        return new Promotion(
                time,
                p.origin(),
                p.source(),
                p.image(),
                p.digest(),
                p.dryRun(),
                p.failure(),
                p.targets(),
                p.verified(),
                p.version());
    }

    /**
     * Returns a failed promotion.
     *
     * @param latestStands whether {@code latest} could not be put back and may still point to {@code version}
     */
    static Promotion failed(String version, String before, boolean latestStands) {
        return Promotion.failed(
                origin(StartedBy.UNKNOWN),
                new UndoneReceipt(
                        receipt(version, moved("latest", before)),
                        List.of(new UndoneReceipt.Outcome("latest", latestStands, "put back or not"))),
                REASON);
    }

    static void record(Run<?, ?> run, PromotionReceipt receipt) throws IOException {
        PromotionStore.add(run, Promotion.of(origin(StartedBy.of(run)), receipt));
    }
}
