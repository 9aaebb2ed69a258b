package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.DeletionException.Obstacle;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.List;

/** Finds out once how a registry deletes single tags, and does it in this way from then on. */
final class TagDeletion {

    /** No manifest is empty, so there is none of this digest: asking to delete it tells whether digests can be deleted. */
    private static final Digest OF_NOTHING = Digest.sha256(new byte[0]);

    private final RegistryClient registry;
    private volatile Way way = Way.UNKNOWN;

    private enum Way {
        UNKNOWN,
        BY_TAG,
        BY_REFERENCE,
        BY_DIGEST,
        NONE
    }

    TagDeletion(RegistryClient registry) {
        this.registry = registry;
    }

    /** Removes a tag and nothing else; returns whether it was there. */
    boolean delete(ImageReference tagged) throws RegistryException, InterruptedException {
        return switch (way) {
            case UNKNOWN -> deleteInSomeWay(tagged);
            case BY_TAG -> registry.deleteTag(tagged);
            case BY_REFERENCE -> registry.deleteTagReference(tagged);
            case BY_DIGEST ->
                throw failure(
                        tagged,
                        "this registry deletes no single tag, only a digest with all its tags",
                        Obstacle.BY_DIGEST_ONLY);
            case NONE ->
                throw failure(
                        tagged,
                        "deletion is switched off there; whoever runs a CNCF registry can switch it on"
                                + " (REGISTRY_STORAGE_DELETE_ENABLED=true), GitHub deletes only by its own API",
                        Obstacle.SWITCHED_OFF);
        };
    }

    private boolean deleteInSomeWay(ImageReference tagged) throws RegistryException, InterruptedException {
        try {
            boolean found = registry.deleteTag(tagged);
            if (found) {
                way = Way.BY_TAG;
            }
            return found;
        } catch (RegistryException e) {
            // OCI distribution specification, "Deleting tags": 400 or 405 where this is not possible.
            if (!isUnsupported(e) && !e.codes().contains("DIGEST_INVALID")) {
                throw e;
            }
        }
        if (registry.digestOf(tagged).isEmpty()) {
            return false;
        }
        way = takesReference(tagged) ? Way.BY_REFERENCE : takesDigests(tagged) ? Way.BY_DIGEST : Way.NONE;
        return way == Way.BY_REFERENCE || delete(tagged);
    }

    private boolean takesReference(ImageReference tagged) throws RegistryException, InterruptedException {
        try {
            return registry.deleteTagReference(tagged);
        } catch (RegistryException e) {
            if (e.isTemporary()) {
                throw e;
            }
            return false;
        }
    }

    private boolean takesDigests(ImageReference tagged) throws RegistryException, InterruptedException {
        try {
            registry.deleteManifest(ImageReference.pinned(tagged.name(), OF_NOTHING));
            return true;
        } catch (RegistryException e) {
            if (isUnsupported(e)) {
                return false;
            }
            throw e;
        }
    }

    private static boolean isUnsupported(RegistryException e) {
        return e.status() == 405 || (e.status() == 400 && isWithout(e.codes()));
    }

    private static boolean isWithout(List<String> codes) {
        return codes.isEmpty() || codes.contains("UNSUPPORTED");
    }

    private DeletionException failure(ImageReference tagged, String why, Obstacle obstacle) {
        return new DeletionException(
                "Cannot delete the tag " + tagged + " on " + registry.origin() + ": " + why, obstacle);
    }
}
