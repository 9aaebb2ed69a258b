package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** What an operation has to know again if it is sent a second time, after a restart of the controller for example. */
public interface Memory {

    /** Keeps nothing: for operations that are not sent again. */
    Memory NONE = new Memory() {
        @Override
        public Optional<String> recall(String key) {
            return Optional.empty();
        }

        @Override
        public void keep(Map<String, String> facts) {
            // Nobody asks for them.
        }
    };

    /** What an earlier attempt kept. */
    Optional<String> recall(String key);

    /**
     * Keeps facts for later attempts.
     *
     * @param facts keys without spaces, and values; both without line ends and secrets
     * @throws IOException if nobody takes them
     */
    void keep(Map<String, String> facts) throws IOException;
}
