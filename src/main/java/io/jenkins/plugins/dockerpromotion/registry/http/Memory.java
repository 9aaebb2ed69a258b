package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Facts that an operation needs if it is sent again, for example after a restart of the controller. */
public interface Memory {

    /** Keeps nothing, for operations that are not sent again. */
    Memory NONE = new Memory() {
        @Override
        public Optional<String> recall(String key) {
            return Optional.empty();
        }

        @Override
        public void keep(Map<String, String> facts) {
            // Not needed.
        }
    };

    /** The facts that an earlier attempt kept. */
    Optional<String> recall(String key);

    /**
     * Keeps facts for later attempts.
     *
     * @param facts keys without spaces, and values; both without line breaks and secrets
     * @throws IOException if they cannot be kept
     */
    void keep(Map<String, String> facts) throws IOException;
}
