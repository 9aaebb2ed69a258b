package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;

/** The registry does not delete this tag, whoever asks. */
public class DeletionException extends RegistryException {

    private static final long serialVersionUID = 1L;

    private final Obstacle obstacle;

    /** What stands in the way. */
    public enum Obstacle {
        /** The registry deletes nothing. */
        SWITCHED_OFF,
        /** It deletes a digest with all its tags, and no tag alone. */
        BY_DIGEST_ONLY,
        /** This tag is immutable; others may not be. */
        IMMUTABLE
    }

    DeletionException(String message, Obstacle obstacle) {
        super(message);
        this.obstacle = obstacle;
    }

    public Obstacle obstacle() {
        return obstacle;
    }
}
