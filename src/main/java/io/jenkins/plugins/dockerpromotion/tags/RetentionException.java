package io.jenkins.plugins.dockerpromotion.tags;

import java.io.IOException;

/**
 * A deletion that was refused, or that ended early. The message is one line for the Pipeline author and says what had
 * been deleted.
 */
public class RetentionException extends IOException {

    private static final long serialVersionUID = 1L;

    public RetentionException(String message) {
        super(message);
    }

    public RetentionException(String message, Throwable cause) {
        super(message, cause);
    }
}
