package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is known about a tag when a policy decides about it.
 *
 * @param digest the digest it points to
 * @param time when it was pushed or, if unknown, when its image was created
 * @param parts the size of each platform's manifest with its layers, in bytes, by its digest; empty if unknown
 * @param problem why its image cannot be read; the tag stays then
 */
public record TagFacts(
        Tag tag, Optional<Digest> digest, Optional<Instant> time, Map<Digest, Long> parts, Optional<String> problem) {

    /** The first year of Docker. An older date is artificial, as in reproducible builds. */
    private static final Instant FIRST_IMAGE = Instant.parse("2013-03-01T00:00:00Z");

    public TagFacts {
        parts = Map.copyOf(parts);
        time = time.filter(t -> t.isAfter(FIRST_IMAGE));
    }

    /** Facts of a tag that can be read. */
    public TagFacts(Tag tag, Optional<Digest> digest, Optional<Instant> time, Map<Digest, Long> parts) {
        this(tag, digest, time, parts, Optional.empty());
    }

    /** Facts of a tag whose image cannot be read. */
    static TagFacts unreadable(Tag tag, String problem) {
        return new TagFacts(tag, Optional.empty(), Optional.empty(), Map.of(), Optional.of(problem));
    }

    /** Facts of a tag whose name alone decides. */
    public static TagFacts named(Tag tag) {
        return new TagFacts(tag, Optional.empty(), Optional.empty(), Map.of());
    }

    /** In bytes; 0 if unknown. */
    public long size() {
        return parts.values().stream().mapToLong(Long::longValue).sum();
    }
}
