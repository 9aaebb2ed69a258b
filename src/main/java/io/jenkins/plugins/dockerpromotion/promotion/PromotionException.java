package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.List;

/**
 * A promotion that was refused, or that failed and was undone as far as possible. The message is one line for the
 * Pipeline author and says where each target points.
 */
public class PromotionException extends RegistryException {

    private static final long serialVersionUID = 1L;

    private final List<UndoneReceipt> undone;

    /** A promotion that was refused: nothing was changed. */
    public PromotionException(String message) {
        this(message, List.of());
    }

    /** A promotion that failed after its first tag had moved. */
    PromotionException(String message, List<UndoneReceipt> undone) {
        super(message);
        this.undone = List.copyOf(undone);
    }

    /** The state of the targets of each image that was to change; empty if no tag had moved. */
    public List<UndoneReceipt> undone() {
        return undone;
    }
}
