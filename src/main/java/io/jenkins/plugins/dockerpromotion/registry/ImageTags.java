package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.DeletionException.Obstacle;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The tags of one image, wherever it is: listed and deleted by Docker Hub's own API there, by the registry API everywhere
 * else. Safe for use by several threads.
 */
public final class ImageTags {

    private final ImageName image;
    private final RegistryClient registry;
    private final DockerHub hub;
    private final TagDeletion deletion;

    private ImageTags(
            ImageName image, RegistryClient registry, RegistryAuthentication authentication, RegistryContext context) {
        this.image = image;
        this.registry = registry;
        this.hub = DockerHub.open(authentication, context);
        this.deletion = new TagDeletion(registry);
    }

    /** The tags of {@code image}, to be read only. */
    public static ImageTags toRead(ImageName image, RegistryAuthentication authentication, RegistryContext context)
            throws RegistryException, InterruptedException {
        return open(image, authentication, Scope.pull(image.path()), context);
    }

    /** The tags of {@code image}, some of which are going to be deleted. */
    public static ImageTags toDelete(ImageName image, RegistryAuthentication authentication, RegistryContext context)
            throws RegistryException, InterruptedException {
        // Docker Hub's registry does not delete, so a token of it need not allow that.
        return image.isDockerHub()
                ? toRead(image, authentication, context)
                : open(image, authentication, Scope.of(image.path(), "delete", "pull", "push"), context);
    }

    private static ImageTags open(
            ImageName image, RegistryAuthentication authentication, Scope scope, RegistryContext context)
            throws RegistryException, InterruptedException {
        return of(image, RegistryClient.open(image, authentication, Set.of(scope), context), authentication, context);
    }

    /** The tags of {@code image} on a registry that is open already. */
    public static ImageTags of(
            ImageName image, RegistryClient registry, RegistryAuthentication authentication, RegistryContext context) {
        return new ImageTags(image, registry, authentication, context);
    }

    /** The registry itself. */
    public RegistryClient registry() {
        return registry;
    }

    /**
     * Hands every tag to a consumer, which keeps what it wants; in no order.
     *
     * @param readings makes a consumer, and another one whenever the list changed while it was read
     * @return the consumer that has seen the complete list
     * @throws RegistryException also when the list is not complete
     */
    public <S extends Consumer<ListedTag>> S read(Supplier<S> readings) throws RegistryException, InterruptedException {
        return read(readings, "", some -> false);
    }

    /**
     * Like {@link #read(Supplier)}, but may leave out tags which do not begin with {@code beginning}, where that saves
     * requests and the others suffice.
     *
     * @param suffices whether a consumer that has seen all tags of that beginning needs to see no others
     * @return the consumer that has seen the complete list, or what suffices
     */
    public <S extends Consumer<ListedTag>> S read(Supplier<S> readings, String beginning, Predicate<S> suffices)
            throws RegistryException, InterruptedException {
        return image.isDockerHub() ? hub.tags(image, readings) : registry.tags(image, readings, beginning, suffices);
    }

    /** All tags. */
    public Set<Tag> names() throws RegistryException, InterruptedException {
        final class Names extends HashSet<Tag> implements Consumer<ListedTag> {
            private static final long serialVersionUID = 1L;

            @Override
            public void accept(ListedTag listed) {
                add(listed.tag());
            }
        }
        return read(Names::new);
    }

    /** The digest that a tag points to now, if there is such a tag. */
    public Optional<Digest> digestOf(Tag tag) throws RegistryException, InterruptedException {
        return registry.digestOf(ImageReference.tagged(image, tag));
    }

    /** The manifest that a tag points to now, if there is such a tag. */
    public Optional<Manifest> manifestOf(Tag tag) throws RegistryException, InterruptedException {
        return registry.pullIfPresent(ImageReference.tagged(image, tag));
    }

    /**
     * Removes a tag and nothing else; returns whether it was there. One request once it is known how this registry does it,
     * up to four to find out.
     *
     * @throws DeletionException if the registry does not delete this tag
     */
    public boolean delete(Tag tag) throws RegistryException, InterruptedException {
        ImageReference tagged = ImageReference.tagged(image, tag);
        try {
            return image.isDockerHub() ? hub.deleteTag(tagged) : deletion.delete(tagged);
        } catch (RegistryException e) {
            throw isImmutable(e, tagged) ? immutable(tagged) : e;
        }
    }

    /** Removes a manifest with every tag that points to it; returns whether it was there. */
    public boolean delete(Digest digest) throws RegistryException, InterruptedException {
        return registry.deleteManifest(reference(digest));
    }

    /** What can be deleted. */
    public enum Deletes {
        /** One tag, and nothing else. */
        TAGS,
        /** A digest with all its tags. */
        DIGESTS,
        NOTHING,
        /** That cannot be told without deleting something, or not with these credentials. */
        UNKNOWN
    }

    /** Finds out what can be deleted, by asking for the deletion of what does not exist. Up to three requests. */
    public Deletes deletes() throws RegistryException, InterruptedException {
        return image.isDockerHub() ? Deletes.TAGS : deletion.deletes(image);
    }

    /**
     * Whether manifests can be deleted by their digest, found out by asking for the deletion of one that does not exist;
     * also true if that cannot be told.
     */
    public boolean deletesManifests() throws InterruptedException {
        try {
            return !image.isDockerHub() && deletion.takesDigests(image);
        } catch (RegistryException e) {
            return true;
        }
    }

    /** Whether it is Docker Hub that lists and deletes, by an API of its own. */
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

    /** There is no code for it: the registry's words have to tell. */
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
                        + ": it is immutable; the repository's settings say which tags are",
                Obstacle.IMMUTABLE);
    }
}
