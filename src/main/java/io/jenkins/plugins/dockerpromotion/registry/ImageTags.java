package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.ImageTags.DeletionException;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.DeletionException.Obstacle;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The tags of one image: listed and deleted with Docker Hub's own API, or with the registry API on all other
 * registries. Thread-safe.
 */
public final class ImageTags {

    /** How long to wait for a registry that deletes only after its answer. */
    private static final List<Duration> DELETION_PAUSES =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));

    private final ImageName image;
    private final RegistryClient registry;
    private final DockerHub hub;
    private final TagDeletion deletion;
    private final RegistryContext context;

    private ImageTags(
            ImageName image, RegistryClient registry, RegistryAuthentication authentication, RegistryContext context) {
        this.image = image;
        this.registry = registry;
        this.hub = DockerHub.open(authentication, context);
        this.deletion = new TagDeletion(registry);
        this.context = context;
    }

    /** The tags of {@code image}, for reading. */
    public static ImageTags toRead(ImageName image, RegistryAuthentication authentication, RegistryContext context)
            throws RegistryException, InterruptedException {
        return open(image, authentication, Scope.pull(image.path()), context);
    }

    /** The tags of {@code image}, for reading and deleting. */
    public static ImageTags toDelete(ImageName image, RegistryAuthentication authentication, RegistryContext context)
            throws RegistryException, InterruptedException {
        // Docker Hub's registry cannot delete, so its token does not need this permission.
        return image.isDockerHub()
                ? toRead(image, authentication, context)
                : open(image, authentication, Scope.of(image.path(), "delete", "pull", "push"), context);
    }

    private static ImageTags open(
            ImageName image, RegistryAuthentication authentication, Scope scope, RegistryContext context)
            throws RegistryException, InterruptedException {
        return of(image, RegistryClient.open(image, authentication, Set.of(scope), context), authentication, context);
    }

    /** The tags of {@code image} on a registry that is already open. */
    public static ImageTags of(
            ImageName image, RegistryClient registry, RegistryAuthentication authentication, RegistryContext context) {
        return new ImageTags(image, registry, authentication, context);
    }

    /** The client of the registry. */
    public RegistryClient registry() {
        return registry;
    }

    /**
     * Passes every tag to a consumer, in no order.
     *
     * @param readings creates a consumer, and another one each time the list changes while it is read
     * @return the consumer that received the complete list
     * @throws RegistryException also if the list is not complete
     */
    public <S extends Consumer<ListedTag>> S read(Supplier<S> readings) throws RegistryException, InterruptedException {
        return read(readings, "", some -> false);
    }

    /**
     * Like {@link #read(Supplier)}, but may skip tags that do not start with {@code beginning} if this saves requests
     * and the others are enough.
     *
     * @param suffices whether a consumer that received all tags with that beginning needs no others
     * @return the consumer that received the complete list, or enough of it
     */
    public <S extends Consumer<ListedTag>> S read(Supplier<S> readings, String beginning, Predicate<S> suffices)
            throws RegistryException, InterruptedException {
        return image.isDockerHub() ? hub.tags(image, readings) : registry.tags(image, readings, beginning, suffices);
    }

    /** All tags. */
    public Set<Tag> names() throws RegistryException, InterruptedException {
        return read(Names::new).tags();
    }

    private record Names(Set<Tag> tags) implements Consumer<ListedTag> {

        Names() {
            this(new HashSet<>());
        }

        @Override
        public void accept(ListedTag listed) {
            tags.add(listed.tag());
        }
    }

    /** The current digest of a tag; empty if the tag does not exist. */
    public Optional<Digest> digestOf(Tag tag) throws RegistryException, InterruptedException {
        return registry.digestOf(ImageReference.tagged(image, tag));
    }

    /**
     * Deletes only this tag; returns whether it existed. Takes up to four requests to find out how the registry deletes
     * tags, then one for each tag.
     *
     * @throws DeletionException if the registry cannot delete this tag
     */
    public boolean delete(Tag tag) throws RegistryException, InterruptedException {
        ImageReference tagged = ImageReference.tagged(image, tag);
        try {
            return image.isDockerHub() ? hub.deleteTag(tagged) : deletion.delete(tagged);
        } catch (RegistryException e) {
            throw isImmutable(e, tagged) ? immutable(tagged) : e;
        }
    }

    /** Deletes a manifest with all its tags; returns whether it existed. */
    public boolean delete(Digest digest) throws RegistryException, InterruptedException {
        return registry.deleteManifest(reference(digest));
    }

    /**
     * The tags among these that still have their digest, for tags whose deletion the registry has accepted: it may carry
     * it out later, or never. Waits a few seconds for it. One request per tag, and more only while some are there; none on
     * Docker Hub, whose API deletes before it answers.
     */
    public Set<Tag> standing(Map<Tag, Digest> deleted) throws RegistryException, InterruptedException {
        if (image.isDockerHub()) {
            return Set.of();
        }
        Set<Tag> standing = there(deleted.keySet(), deleted);
        for (Duration pause : DELETION_PAUSES) {
            if (!standing.isEmpty()) {
                context.time().pause(pause);
                standing = there(standing, deleted);
            }
        }
        return standing;
    }

    private Set<Tag> there(Set<Tag> asked, Map<Tag, Digest> digests) throws RegistryException, InterruptedException {
        Map<Tag, Optional<Digest>> now = Parallel.map(asked, Parallel.PER_HOST, this::digestOf);
        return asked.stream()
                .filter(tag -> now.get(tag).equals(Optional.of(digests.get(tag))))
                .collect(Collectors.toSet());
    }

    /** How a registry deletes a single tag. */
    public enum Way {
        /** Not known, because this requires a deletion or other credentials. */
        UNKNOWN,
        BY_TAG,
        /** As in older versions of GitLab's registry. */
        BY_REFERENCE,
        /** Not without the other tags of its digest. */
        BY_DIGEST,
        /** Deletion is disabled. */
        NONE
    }

    /**
     * Finds out how the registry deletes, by requests to delete something that does not exist. Up to three requests.
     */
    public Way wayOfDeletion() throws InterruptedException {
        return image.isDockerHub() ? Way.BY_TAG : deletion.find(image);
    }

    /**
     * Whether manifests can be deleted by digest. Finds out by a request to delete one that does not exist; also true
     * if this is unknown.
     */
    public boolean deletesManifests() throws InterruptedException {
        try {
            return !image.isDockerHub() && deletion.takesDigests(image);
        } catch (RegistryException e) {
            return true;
        }
    }

    /** Whether the image is on Docker Hub, which lists and deletes tags with its own API. */
    public boolean isOnDockerHub() {
        return image.isDockerHub();
    }

    /** The repository. */
    public ImageName image() {
        return image;
    }

    /** A tag with its repository. */
    public ImageReference reference(Tag tag) {
        return ImageReference.tagged(image, tag);
    }

    /** A digest with its repository. */
    public ImageReference reference(Digest digest) {
        return ImageReference.pinned(image, digest);
    }

    /** There is no error code for this, so the message decides. */
    private static boolean isImmutable(RegistryException e, ImageReference tagged) {
        return e.status() >= 400
                && e.status() < 500
                && e.getMessage()
                        .replace(tagged.toString(), "")
                        .toLowerCase(Locale.ROOT)
                        .contains("immutable");
    }

    private DeletionException immutable(ImageReference tagged) {
        String host = image.isDockerHub() ? image.host() : registry.origin().toString();
        return new DeletionException(
                "Cannot delete the tag " + tagged + " on " + host
                        + ": it is immutable; check the repository's settings for immutable tags",
                Obstacle.IMMUTABLE);
    }

    /** The registry cannot delete this tag with any credentials. */
    public static class DeletionException extends RegistryException {

        private static final long serialVersionUID = 1L;

        private final Obstacle obstacle;

        /** Why the tag cannot be deleted. */
        public enum Obstacle {
            /** Deletion is disabled. */
            SWITCHED_OFF,
            /** The registry deletes only digests with all their tags. */
            BY_DIGEST_ONLY,
            /** This tag is immutable; others may not be. */
            IMMUTABLE
        }

        DeletionException(String message, Obstacle obstacle) {
            super(message);
            this.obstacle = obstacle;
        }

        public Obstacle obstacle() {
            return obstacle;
        }
    }

    /**
     * A tag in a list. The registry API lists only names; Docker Hub's API has more details.
     *
     * @param digest of the manifest or index that it points to
     * @param pushed when it was last pushed
     * @param platforms the compressed size of each platform in bytes, by the digest of its manifest; empty if unknown
     */
    public record ListedTag(Tag tag, Optional<Digest> digest, Optional<Instant> pushed, Map<Digest, Long> platforms) {

        public ListedTag {
            platforms = Map.copyOf(platforms);
        }

        /** A tag with an unknown digest and time. */
        static ListedTag named(Tag tag) {
            return new ListedTag(tag, Optional.empty(), Optional.empty(), Map.of());
        }
    }

    /** Finds out once how a registry deletes single tags, and then uses this way. */
    private static final class TagDeletion {

        /**
         * The digest of no manifest, because no manifest is empty. A request to delete it shows whether digests can be
         * deleted.
         */
        private static final Digest OF_NOTHING = Digest.sha256(new byte[0]);

        private static final Set<String> ABSENT = Set.of("MANIFEST_UNKNOWN", "TAG_UNKNOWN", "NAME_UNKNOWN");

        private static final Set<String> INVALID = Set.of("DIGEST_INVALID", "MANIFEST_INVALID", "TAG_INVALID");

        private final RegistryClient registry;
        private volatile Way way = Way.UNKNOWN;

        TagDeletion(RegistryClient registry) {
            this.registry = registry;
        }

        /** Deletes only this tag; returns whether it existed. */
        boolean delete(ImageReference tagged) throws RegistryException, InterruptedException {
            return switch (way) {
                case UNKNOWN -> deleteInSomeWay(tagged);
                case BY_TAG -> registry.deleteTag(tagged);
                case BY_REFERENCE -> registry.deleteTagReference(tagged);
                case BY_DIGEST ->
                    throw failure(
                            tagged,
                            "this registry cannot delete a single tag, only a digest with all its tags",
                            Obstacle.BY_DIGEST_ONLY);
                case NONE ->
                    throw failure(
                            tagged,
                            "deletion is disabled there; the operator of a CNCF registry can enable it"
                                    + " (REGISTRY_STORAGE_DELETE_ENABLED=true), GitHub deletes only with its own API",
                            Obstacle.SWITCHED_OFF);
            };
        }

        Way find(ImageName image) throws InterruptedException {
            if (way == Way.UNKNOWN) {
                try {
                    way = findOut(ImageReference.tagged(image, new Tag("no-such-tag-" + UUID.randomUUID())));
                } catch (RegistryException e) {
                    // It stays unknown.
                }
            }
            return way;
        }

        private Way findOut(ImageReference noSuchTag) throws RegistryException, InterruptedException {
            try {
                registry.deleteExisting(noSuchTag, RegistryClient.path(noSuchTag));
                return Way.BY_TAG;
            } catch (RegistryException e) {
                if (saysThatItIsAbsent(e)) {
                    return Way.BY_TAG;
                }
                if (!deletesNoTag(e, noSuchTag)) {
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

        /** Requires the registry's error code, because a 404 without one may mean that there is no such address. */
        private static boolean saysThatItIsAbsent(RegistryException e) {
            return e.status() == 404 && e.codes().stream().anyMatch(ABSENT::contains);
        }

        /**
         * OCI distribution specification, "Deleting tags": 400 or 405 if this is not supported. Some registries find the
         * tag to be an invalid digest. An immutable tag must not be deleted by its digest instead.
         */
        private static boolean deletesNoTag(RegistryException e, ImageReference tagged) {
            return !isImmutable(e, tagged)
                    && (isUnsupported(e) || e.codes().stream().anyMatch(INVALID::contains));
        }

        private boolean deleteInSomeWay(ImageReference tagged) throws RegistryException, InterruptedException {
            try {
                boolean found = registry.deleteTag(tagged);
                if (found) {
                    way = Way.BY_TAG;
                }
                return found;
            } catch (RegistryException e) {
                if (!deletesNoTag(e, tagged)) {
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

        /** Whether the registry can delete manifests by digest. */
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
            return e.status() == 405
                    || e.codes().contains("UNSUPPORTED")
                    || Set.of(400, 422, 501).contains(e.status())
                            && Set.of("UNKNOWN").containsAll(e.codes());
        }

        private DeletionException failure(ImageReference tagged, String why, Obstacle obstacle) {
            return new DeletionException(
                    "Cannot delete the tag " + tagged + " on " + registry.origin() + ": " + why, obstacle);
        }
    }
}
