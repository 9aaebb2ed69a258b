package io.jenkins.plugins.dockerpromotion.promotion;

import java.util.List;

/** A promotion that was told to end when its tags had begun to move. */
public final class PromotionAbortedException extends InterruptedException {

    private static final long serialVersionUID = 1L;

    private final List<UndoneReceipt> undone;

    PromotionAbortedException(String message, List<UndoneReceipt> undone, InterruptedException cause) {
        super(message);
        this.undone = List.copyOf(undone);
        initCause(cause);
    }

    /** Where the targets of each image are that was to change. */
    public List<UndoneReceipt> undone() {
        return undone;
    }
}
