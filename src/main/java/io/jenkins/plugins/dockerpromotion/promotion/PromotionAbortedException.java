package io.jenkins.plugins.dockerpromotion.promotion;

/** A promotion that was told to end when its tags had begun to move. */
public final class PromotionAbortedException extends InterruptedException {

    private static final long serialVersionUID = 1L;

    private final UndoneReceipt undone;

    PromotionAbortedException(UndoneReceipt undone, InterruptedException cause) {
        super("aborted; " + undone.text());
        this.undone = undone;
        initCause(cause);
    }

    /** What stands where. */
    public UndoneReceipt undone() {
        return undone;
    }
}
