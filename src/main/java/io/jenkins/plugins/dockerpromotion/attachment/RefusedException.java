package io.jenkins.plugins.dockerpromotion.attachment;

/** Why something that looks like a signature does not count; one line, about what came from strangers. */
final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    RefusedException(String reason) {
        super(reason);
    }
}
