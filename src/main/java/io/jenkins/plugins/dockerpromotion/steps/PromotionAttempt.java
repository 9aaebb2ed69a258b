package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import io.jenkins.plugins.dockerpromotion.history.PromotionRecorder;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionAbortedException;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionException;
import io.jenkins.plugins.dockerpromotion.promotion.UndoneReceipt;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/** A promotion whose result also describes a failure after the first tag moved, with the state of the tags. */
record PromotionAttempt<T extends Serializable>(Operation<T> promotion)
        implements Operation<PromotionAttempt.Outcome<T>> {

    private static final long serialVersionUID = 1L;

    @Override
    public Outcome<T> run(RegistryContext context) throws IOException, InterruptedException {
        try {
            return new Outcome<>(promotion.run(context), List.of(), "");
        } catch (PromotionException e) {
            if (e.undone().isEmpty()) {
                throw e;
            }
            return new Outcome<>(null, e.undone(), StepFailure.oneLine(e.getMessage()));
        } catch (PromotionAbortedException e) {
            return new Outcome<>(null, e.undone(), StepFailure.oneLine(e.getMessage()));
        }
    }

    /**
     * The result of a promotion.
     *
     * @param receipt {@code null} if it failed
     */
    record Outcome<T extends Serializable>(T receipt, List<UndoneReceipt> undone, String failure)
            implements Serializable {

        Outcome {
            undone = List.copyOf(undone);
        }

        /** Returns the receipt; records and throws a failure. */
        T orRecord(PromotionRecorder recorder) throws IOException {
            if (receipt == null) {
                for (UndoneReceipt left : undone) {
                    recorder.record(left, failure);
                }
                throw new AbortException(failure);
            }
            return receipt;
        }
    }
}
