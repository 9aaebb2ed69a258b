package io.jenkins.plugins.dockerpromotion.dockerhost;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that a Docker daemon keeps on its host.
 *
 * @param id by which the daemon knows it
 * @param name for people
 * @param references what has to be named to remove all of it: an image's tags, else its id
 * @param lastUsed when it was made, tagged, pulled, started or ended for the last time
 * @param size what it takes on the disk, in bytes; 0 where that is not known
 * @param neededBy why it cannot go whatever its age, such as a container that uses it
 */
record HostObject(
        Kind kind,
        String id,
        String name,
        List<String> references,
        Instant lastUsed,
        long size,
        Optional<String> neededBy) {

    /** Stands for a moment that the daemon does not tell. */
    static final Instant UNKNOWN = Instant.MIN;

    HostObject {
        references = List.copyOf(references);
    }

    /** In the order in which they can be removed: what uses others goes first. */
    enum Kind {
        CONTAINER,
        NETWORK,
        IMAGE,
        VOLUME;

        /** As the docker client calls it. */
        String command() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
