package io.jenkins.plugins.dockerpromotion.dockerhost;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An object of a Docker daemon.
 *
 * @param id of the daemon
 * @param name for messages
 * @param references the names to remove: an image's tags, otherwise its id
 * @param lastUsed when it was last created, tagged, pulled, started or stopped
 * @param size on disk, in bytes; 0 if unknown
 * @param neededBy why it must stay at any age, such as a container that uses it; empty if nothing needs it
 */
record HostObject(
        Kind kind,
        String id,
        String name,
        List<String> references,
        Instant lastUsed,
        long size,
        Optional<String> neededBy) {

    /** Used if the daemon does not report a time. */
    static final Instant UNKNOWN = Instant.MIN;

    HostObject {
        references = List.copyOf(references);
    }

    /** In the order of removal: objects before those that they use. */
    enum Kind {
        CONTAINER,
        NETWORK,
        IMAGE,
        VOLUME;

        /** The name in the docker client. */
        String command() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
