package io.jenkins.plugins.dockerpromotion.notification;

/** A notification cannot be read. The message is one line that does not quote its content. */
public final class PayloadException extends Exception {

    private static final long serialVersionUID = 1L;

    PayloadException(String message) {
        super(message);
    }
}
