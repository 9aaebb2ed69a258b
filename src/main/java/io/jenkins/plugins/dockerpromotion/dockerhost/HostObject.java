package io.jenkins.plugins.dockerpromotion.dockerhost;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * An object of a Docker daemon.
 *
 * @param id of the daemon
 * @param name for messages
 * @param references the names to remove: an image's tags, otherwise its id
 * @param lastUsed when it was last created, tagged, pulled, started or stopped
 * @param size on disk, in bytes; 0 if unknown
 * @param needed whether it must stay at any age, for example because a container uses it
 */
record HostObject(
        Kind kind, String id, String name, List<String> references, Instant lastUsed, long size, boolean needed) {

    /** Used if the daemon does not report a time. */
    static final Instant UNKNOWN = Instant.MIN;

    HostObject {
        references = List.copyOf(references);
    }

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
