package io.jenkins.plugins.dockerpromotion.registry;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A tag as a list of tags tells of it. The registry API tells its name alone, Docker Hub's API more.
 *
 * @param digest of the manifest or index that it points to
 * @param pushed when it was last pushed
 * @param platforms the compressed size of each platform's manifest, in bytes, by its digest; empty where none is told
 */
public record ListedTag(Tag tag, Optional<Digest> digest, Optional<Instant> pushed, Map<Digest, Long> platforms) {

    public ListedTag {
        platforms = Map.copyOf(platforms);
    }

    /** A tag of which only the name is known. */
    static ListedTag named(Tag tag) {
        return new ListedTag(tag, Optional.empty(), Optional.empty(), Map.of());
    }
}
