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
 * Records what a build promoted. If it cannot be recorded, on a full disk for example, the promotion is done all the same,
 * so the build does not fail.
 */
public final class PromotionRecorder {

    private static final Logger LOGGER = Logger.getLogger(PromotionRecorder.class.getName());

    private final Run<?, ?> run;
    private final UUID step;
    private Promotion.Train train;
    private boolean rollback;
    private String reason;

    /** @param step of the build, by which it is known again after a restart */
    public PromotionRecorder(Run<?, ?> run, UUID step) {
        this.run = run;
        this.step = step;
    }

    /** What is recorded takes its targets back to images that they had before. */
    public PromotionRecorder asRollback(@CheckForNull String why) {
        rollback = true;
        reason = why;
        return this;
    }

    /** What is recorded is one of so many images that are promoted together by the step. */
    public PromotionRecorder inTrain(int images) {
        train = new Promotion.Train(step.toString(), images);
        return this;
    }

    private Promotion.Origin origin() {
        return new Promotion.Origin(step.toString(), Promotion.StartedBy.of(run), train, rollback, reason);
    }

    /** Records a promotion, and says in the log what it did. */
    public void record(PromotionReceipt receipt, TaskListener listener) {
        Promotion promotion = Promotion.of(origin(), receipt);
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

    /** Records one that failed when tags had begun to move; the log has its error already. */
    public void record(UndoneReceipt undone, String failure) throws IOException {
        PromotionStore.add(run, Promotion.failed(origin(), undone, failure));
    }

    /** The receipt's lines, in which a target is a link where its registry has a page for it. */
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
     * By the digest of its manifest, which is what a promotion keeps the same, what runs in production is pulled by, and
     * what Docker itself calls the image's id with its containerd image store. The image was not made here, so the build
     * is one that used it.
     */
    private void fingerprint(PromotionReceipt receipt) throws IOException {
        Fingerprint fingerprint = DockerFingerprints.forImage(null, receipt.digest(), receipt.image());
        fingerprint.addFor(run);
    }
}
