package io.jenkins.plugins.dockerpromotion.history;

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
 * Takes down what a build promoted. That it cannot be taken down, on a full disk say, does not undo the promotion, and so
 * does not fail the build.
 */
public final class PromotionRecorder {

    private static final Logger LOGGER = Logger.getLogger(PromotionRecorder.class.getName());

    private final Run<?, ?> run;
    private final UUID step;

    /** @param step of the build, by which it is known again after a restart */
    public PromotionRecorder(Run<?, ?> run, UUID step) {
        this.run = run;
        this.step = step;
    }

    /** Takes down a promotion, and says in the log what it did. */
    public void record(PromotionReceipt receipt, TaskListener listener) {
        Promotion promotion = Promotion.of(step, Starter.of(run), receipt);
        lines(promotion, receipt).forEach(listener.getLogger()::println);
        try {
            BuildPromotions.add(run, promotion);
            listener.getLogger().println(Messages.PromotionRecorder_recorded(link(run)));
            if (promotion.getFingerprintUrl() != null) {
                fingerprint(receipt);
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Cannot record a promotion of " + run);
            listener.getLogger().println(Messages.PromotionRecorder_notRecorded(e.getMessage()));
        }
    }

    /** Takes down one that failed when tags had begun to move; the log has its error already. */
    public void record(UndoneReceipt undone, String failure) throws IOException {
        BuildPromotions.add(run, Promotion.failed(step, Starter.of(run), undone, failure));
    }

    /** The receipt's lines, in which a target is a link where its registry has a page for it. */
    private static List<String> lines(Promotion promotion, PromotionReceipt receipt) {
        return receipt.lines(target -> {
            String name = receipt.image() + ":" + target.tag();
            return promotion.getTargets().stream()
                    .filter(t -> t.getTag().equals(target.tag()))
                    .findFirst()
                    .flatMap(t -> t.page(receipt.image()))
                    .map(page -> HyperlinkNote.encodeTo(page, name))
                    .orElse(name);
        });
    }

    private static String link(Run<?, ?> run) {
        return HyperlinkNote.encodeTo('/' + run.getUrl() + '#' + BuildPromotions.ELEMENT, run.getDisplayName());
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
