package io.jenkins.plugins.dockerpromotion.promotion;

import java.io.IOException;
import java.util.Optional;

/**
 * A promotion that was refused, or failed and was undone as far as possible. The message is one line for the author of a
 * Jenkinsfile and says what stands where.
 */
public class PromotionException extends IOException {

    private static final long serialVersionUID = 1L;

    private final UndoneReceipt undone;

    /** A promotion that was refused: nothing was changed. */
    public PromotionException(String message) {
        super(message);
        this.undone = null;
    }

    /** A promotion that failed when tags had begun to move. */
    PromotionException(String message, UndoneReceipt undone, Throwable cause) {
        super(message, cause);
        this.undone = undone;
    }

    /** What stands where, if tags had begun to move. */
    public Optional<UndoneReceipt> undone() {
        return Optional.ofNullable(undone);
    }
}
