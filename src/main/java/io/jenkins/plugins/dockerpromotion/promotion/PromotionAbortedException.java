package io.jenkins.plugins.dockerpromotion.promotion;

import java.util.List;

/** A promotion that was aborted after its first tag had moved. */
public final class PromotionAbortedException extends InterruptedException {

    private static final long serialVersionUID = 1L;

    private final List<UndoneReceipt> undone;

    PromotionAbortedException(String message, List<UndoneReceipt> undone) {
        super(message);
        this.undone = List.copyOf(undone);
    }

    /** The state of the targets of each image that was to change. */
    public List<UndoneReceipt> undone() {
        return undone;
    }
}
