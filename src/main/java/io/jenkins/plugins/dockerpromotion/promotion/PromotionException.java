package io.jenkins.plugins.dockerpromotion.promotion;

import java.io.IOException;

/**
 * A promotion that was refused, or failed and was undone as far as possible. The message is one line for the author of a
 * Jenkinsfile and says what stands where.
 */
public class PromotionException extends IOException {

    private static final long serialVersionUID = 1L;

    public PromotionException(String message) {
        super(message);
    }

    public PromotionException(String message, Throwable cause) {
        super(message, cause);
    }
}
