package io.jenkins.plugins.dockerpromotion.registry;

import java.io.Serializable;
import java.util.Objects;

/**
 * One manifest of a repository, by tag or by digest.
 *
 * @param name the repository
 * @param reference the tag or digest, as after {@code /manifests/} in an address of the registry
 */
public record ImageReference(ImageName name, String reference) implements Serializable {

    public ImageReference {
        Objects.requireNonNull(name, "name");
        requireValid(reference);
    }

    /** @throws IllegalArgumentException in one line, if {@code reference} is neither a tag nor a digest */
    public static void requireValid(String reference) {
        if (isDigest(reference)) {
            Digest.parse(reference);
        } else {
            new Tag(reference);
        }
    }

    private static boolean isDigest(String reference) {
        return reference.indexOf(':') >= 0;
    }

    /** The manifest a tag points to. */
    public static ImageReference tagged(ImageName name, Tag tag) {
        return new ImageReference(name, tag.value());
    }

    /** The manifest with this digest. */
    public static ImageReference pinned(ImageName name, Digest digest) {
        return new ImageReference(name, digest.toString());
    }

    /** Whether the reference is a digest, whose content cannot change. */
    public boolean isPinned() {
        return isDigest(reference);
    }

    @Override
    public String toString() {
        return name + (isPinned() ? "@" : ":") + reference;
    }
}
