package io.jenkins.plugins.dockerpromotion.attachment;

/** A signature does not count. The message says why in one line; it may quote untrusted content. */
final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    RefusedException(String reason) {
        super(reason);
    }
}
