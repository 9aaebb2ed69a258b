package io.jenkins.plugins.dockerpromotion.promotion;

import java.io.IOException;
import java.util.List;

/**
 * A promotion that was refused, or failed and was undone as far as possible. The message is one line for the author of a
 * Jenkinsfile and says where the targets are.
 */
public class PromotionException extends IOException {

    private static final long serialVersionUID = 1L;

    private final List<UndoneReceipt> undone;

    /** A promotion that was refused: nothing was changed. */
    public PromotionException(String message) {
        this(message, List.of(), null);
    }

    /** A promotion that failed when tags had begun to move. */
    PromotionException(String message, List<UndoneReceipt> undone, Throwable cause) {
        super(message, cause);
        this.undone = List.copyOf(undone);
    }

    /** Where the targets of each image are that was to change, if tags had begun to move. */
    public List<UndoneReceipt> undone() {
        return undone;
    }
}
