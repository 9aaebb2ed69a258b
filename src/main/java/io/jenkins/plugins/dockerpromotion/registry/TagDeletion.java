package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.DeletionException.Obstacle;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Finds out once how a registry deletes single tags, and does it in this way from then on. */
final class TagDeletion {

    /** No manifest is empty, so there is none of this digest: asking to delete it tells whether digests can be deleted. */
    private static final Digest OF_NOTHING = Digest.sha256(new byte[0]);

    private static final Set<String> ABSENT = Set.of("MANIFEST_UNKNOWN", "TAG_UNKNOWN", "NAME_UNKNOWN");

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
                        "deletion is disabled there; the operator of a CNCF registry can enable it"
                                + " (REGISTRY_STORAGE_DELETE_ENABLED=true), GitHub deletes only by its own API",
                        Obstacle.SWITCHED_OFF);
        };
    }

    /** Finds out what the registry deletes, by asking for the deletion of what does not exist. */
    ImageTags.Deletes deletes(ImageName image) throws RegistryException, InterruptedException {
        if (way == Way.UNKNOWN) {
            try {
                way = findOut(ImageReference.tagged(image, new Tag("no-such-tag-" + UUID.randomUUID())));
            } catch (RegistryException e) {
                return ImageTags.Deletes.UNKNOWN;
            }
        }
        return switch (way) {
            case UNKNOWN -> ImageTags.Deletes.UNKNOWN;
            case BY_TAG, BY_REFERENCE -> ImageTags.Deletes.TAGS;
            case BY_DIGEST -> ImageTags.Deletes.DIGESTS;
            case NONE -> ImageTags.Deletes.NOTHING;
        };
    }

    private Way findOut(ImageReference noSuchTag) throws RegistryException, InterruptedException {
        try {
            registry.deleteExisting(noSuchTag, RegistryClient.path(noSuchTag));
            return Way.BY_TAG;
        } catch (RegistryException e) {
            if (saysThatItIsAbsent(e)) {
                return Way.BY_TAG;
            }
            if (!deletesNoTag(e)) {
                return Way.UNKNOWN;
            }
        }
        try {
            registry.deleteExisting(noSuchTag, RegistryClient.tagPath(noSuchTag));
            return Way.BY_REFERENCE;
        } catch (RegistryException e) {
            if (saysThatItIsAbsent(e)) {
                return Way.BY_REFERENCE;
            }
        }
        return takesDigests(noSuchTag.name()) ? Way.BY_DIGEST : Way.NONE;
    }

    /** In the registry's own words: a 404 without them may mean that there is no such address. */
    private static boolean saysThatItIsAbsent(RegistryException e) {
        return e.status() == 404 && e.codes().stream().anyMatch(ABSENT::contains);
    }

    /** OCI distribution specification, "Deleting tags": 400 or 405 where this is not possible. */
    private static boolean deletesNoTag(RegistryException e) {
        return isUnsupported(e) || e.codes().contains("DIGEST_INVALID");
    }

    private boolean deleteInSomeWay(ImageReference tagged) throws RegistryException, InterruptedException {
        try {
            boolean found = registry.deleteTag(tagged);
            if (found) {
                way = Way.BY_TAG;
            }
            return found;
        } catch (RegistryException e) {
            if (!deletesNoTag(e)) {
                throw e;
            }
        }
        if (registry.digestOf(tagged).isEmpty()) {
            return false;
        }
        way = takesReference(tagged) ? Way.BY_REFERENCE : takesDigests(tagged.name()) ? Way.BY_DIGEST : Way.NONE;
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

    /** Whether the registry deletes manifests by their digest. */
    boolean takesDigests(ImageName image) throws RegistryException, InterruptedException {
        try {
            registry.deleteManifest(ImageReference.pinned(image, OF_NOTHING));
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
