package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import io.jenkins.plugins.dockerpromotion.history.PromotionRecorder;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionAbortedException;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionException;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.TrainReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.TrainRequest;
import io.jenkins.plugins.dockerpromotion.promotion.UndoneReceipt;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.webhook.DockerPushCause;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/**
 * What the steps that promote images send to the agent: the promotion of one or several images, whose result also
 * describes a failure after the first tag moved, with the state of the tags.
 */
record PromotionAttempt(TrainRequest train) implements Operation<PromotionAttempt.Outcome> {

    private static final long serialVersionUID = 1L;

    @Override
    public Outcome run(RegistryContext context) throws IOException, InterruptedException {
        try {
            return new Outcome(train.run(context), List.of(), "");
        } catch (PromotionException e) {
            if (e.undone().isEmpty()) {
                throw e;
            }
            return new Outcome(null, e.undone(), StepFailure.oneLine(e.getMessage()));
        } catch (PromotionAbortedException e) {
            return new Outcome(null, e.undone(), StepFailure.oneLine(e.getMessage()));
        }
    }

    /**
     * The result of a promotion.
     *
     * @param receipt {@code null} if it failed
     */
    record Outcome(TrainReceipt receipt, List<UndoneReceipt> undone, String failure) implements Serializable {

        Outcome {
            undone = List.copyOf(undone);
        }

        /** Records the promotions of all images, and returns their receipts; records and throws a failure. */
        TrainReceipt recorded(PromotionRecorder recorder, StepRun run) throws IOException {
            if (receipt == null) {
                for (UndoneReceipt left : undone) {
                    recorder.record(left, failure);
                }
                throw new AbortException(failure);
            }
            for (PromotionReceipt image : receipt.images()) {
                recorder.record(image, run.listener());
                DockerPushCause.compare(
                        run.build(),
                        image.source(),
                        image.digest(),
                        run.listener().getLogger());
            }
            return receipt;
        }
    }
}
