package io.jenkins.plugins.dockerpromotion.history;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.console.HyperlinkNote;
import hudson.model.Fingerprint;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.UndoneReceipt;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.docker.commons.fingerprint.DockerFingerprints;

/**
 * Records the promotions of a build. If this fails, for example on a full disk, the build continues because the tags
 * have already moved.
 */
public final class PromotionRecorder {

    private static final Logger LOGGER = Logger.getLogger(PromotionRecorder.class.getName());

    private final Run<?, ?> run;
    private final UUID step;
    private Promotion.Train train;
    private boolean rollback;
    private String reason;

    /** @param step the step's id in the build, which identifies it after a restart */
    public PromotionRecorder(Run<?, ?> run, UUID step) {
        this.run = run;
        this.step = step;
    }

    /** Records the promotions as a roll-back. */
    public PromotionRecorder asRollback(@CheckForNull String why) {
        rollback = true;
        reason = why;
        return this;
    }

    /** Records the promotions as a train of several images. */
    public PromotionRecorder inTrain(int images) {
        train = new Promotion.Train(step.toString(), images);
        return this;
    }

    private Promotion.Origin origin() {
        return new Promotion.Origin(step.toString(), Promotion.StartedBy.of(run), train, rollback, reason);
    }

    /** Records a promotion, and logs what it did. */
    public void record(PromotionReceipt receipt, TaskListener listener) {
        Promotion promotion = named(Promotion.of(origin(), receipt));
        lines(promotion, receipt).forEach(listener.getLogger()::println);
        try {
            PromotionStore.add(run, promotion);
            listener.getLogger().println(Messages.PromotionRecorder_recorded(link(run)));
            if (promotion.fingerprintUrl() != null) {
                fingerprint(receipt);
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Cannot record a promotion of " + run);
            listener.getLogger().println(Messages.PromotionRecorder_notRecorded(e.getMessage()));
        }
    }

    /** Records a promotion that failed after its first tag had moved; its error is already in the log. */
    public void record(UndoneReceipt undone, String failure) throws IOException {
        PromotionStore.add(run, named(Promotion.failed(origin(), undone, failure)));
    }

    /** With the version of an image that was named by its digest, as long as a promotion that tells it is recorded. */
    private static Promotion named(Promotion promotion) {
        return promotion.isByDigest()
                ? PromotionHistory.versionOf(promotion.image(), promotion.digest())
                        .map(promotion::withVersion)
                        .orElse(promotion)
                : promotion;
    }

    /** The receipt's lines, in which a target links to its page if the registry has one. */
    private static List<String> lines(Promotion promotion, PromotionReceipt receipt) {
        return receipt.lines(target -> {
            String name = receipt.image() + ":" + target.tag();
            String page = promotion.pageOf(new Promotion.Target(target.tag(), "", false, ""));
            return page == null ? name : HyperlinkNote.encodeTo(page, name);
        });
    }

    private static String link(Run<?, ?> run) {
        return HyperlinkNote.encodeTo('/' + run.getUrl() + '#' + BuildPromotions.ANCHOR, run.getDisplayName());
    }

    /**
     * Uses the digest of the manifest: a promotion does not change it, production systems pull by it, and it is the
     * image's id in Docker's containerd image store. The build did not create the image, so it is recorded as a user of
     * it.
     */
    private void fingerprint(PromotionReceipt receipt) throws IOException {
        Fingerprint fingerprint = DockerFingerprints.forImage(null, receipt.digest(), receipt.image());
        fingerprint.addFor(run);
    }
}
