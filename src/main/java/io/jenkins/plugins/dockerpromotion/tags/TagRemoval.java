package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentRemover;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.DeletionException;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Deletes one tag and nothing else. */
public final class TagRemoval implements Operation<TagRemoval.Removed> {

    private static final long serialVersionUID = 1L;

    private final ImageReference tagged;
    private final Digest expected;
    private final RegistryAuthentication authentication;

    /** @param expected the digest that the tag must have */
    public TagRemoval(ImageReference tagged, Optional<Digest> expected) {
        this(tagged, expected.orElse(null), RegistryAuthentication.ANONYMOUS);
    }

    private TagRemoval(ImageReference tagged, Digest expected, RegistryAuthentication authentication) {
        this.tagged = Objects.requireNonNull(tagged);
        this.expected = expected;
        this.authentication = authentication;
    }

    /** The same with a credential. */
    public TagRemoval with(RegistryAuthentication credential) {
        return new TagRemoval(tagged, expected, credential);
    }

    /**
     * The result of a deletion.
     *
     * @param digest the digest of the tag
     * @param before whether an earlier attempt had deleted it
     */
    public record Removed(String digest, boolean before) implements Serializable {}

    /**
     * Deletes the tag. Keeps its digest in mind first: in a later attempt, this proves that a missing tag was deleted, not
     * misspelled.
     *
     * @throws RegistryException if the tag does not exist, points to another digest than expected, or cannot be
     *     deleted alone
     */
    @Override
    public Removed run(RegistryContext context) throws IOException, InterruptedException {
        ImageTags tags = ImageTags.toDelete(tagged.name(), authentication, context);
        Tag tag = new Tag(tagged.reference());
        Optional<Digest> now = tags.digestOf(tag);
        if (now.isEmpty()) {
            return context.memory()
                    .recall(tagged.toString())
                    .map(digest -> new Removed(digest, true))
                    .orElseThrow(() -> new RegistryException("Cannot delete the tag " + tagged
                            + ": there is no such tag; check its name (private images look missing"
                            + " without permission)"));
        }
        requireExpected(now.get());
        context.memory().keep(Map.of(tagged.toString(), now.get().toString()));
        DigestHolders.Staying others = others(tags, tag);
        AttachmentRemover remover =
                new AttachmentRemover(tags, Optional.empty(), DigestHolders.need(others, tags, context));
        List<AttachmentRemover.Removal> attachments = remover.ofImages(Map.of(now.get(), List.of()));
        Removed removed = delete(now.get(), tag, tags, others, context);
        if (!removed.before()) {
            removeAttachments(attachments, remover, context);
        }
        return removed;
    }

    /** Attachments are deleted with the last tag of their image. */
    private void removeAttachments(
            List<AttachmentRemover.Removal> attachments, AttachmentRemover remover, RegistryContext context)
            throws RegistryException, InterruptedException {
        Map<AttachmentRemover.Removal, String> refused = remover.remove(attachments);
        for (AttachmentRemover.Removal attachment : attachments) {
            String reason = refused.get(attachment);
            context.notices()
                    .say(
                            reason == null
                                    ? "Deleted " + attachment + ", which was attached to "
                                            + attachment.subject().abbreviated()
                                    : "Not deleted: " + attachment + ": " + reason);
        }
    }

    private Removed delete(Digest now, Tag tag, ImageTags tags, DigestHolders.Staying others, RegistryContext context)
            throws RegistryException, InterruptedException {
        try {
            if (!tags.isOnDockerHub()) {
                deleteAlone(now, tag, tags, others, context);
            } else if (!tags.delete(tag)) {
                requireGone(tags, tag);
            }
            return new Removed(now.toString(), false);
        } catch (DeletionException e) {
            if (e.obstacle() != DeletionException.Obstacle.BY_DIGEST_ONLY) {
                throw e;
            }
            deleteDigest(now, tag, tags, others, context);
            return new Removed(now.toString(), false);
        }
    }

    /**
     * The other tags have to be known before the deletion, which may take some of them. A tag that is not there any more
     * counts as deleted: the answer to the first of several attempts may have been lost.
     */
    private void deleteAlone(Digest now, Tag tag, ImageTags tags, DigestHolders.Staying others, RegistryContext context)
            throws RegistryException, InterruptedException {
        Collection<Tag> staying = others.tags();
        DeletionTrial trial = DeletionTrial.of(tags, tag, now);
        if (tags.delete(tag)) {
            DeletionTrial.requireGone(tags, tag, now);
        } else {
            requireGone(tags, tag);
        }
        try {
            trial.effect(staying, context);
        } catch (RegistryException e) {
            throw new RegistryException(e.getMessage() + "; the tag " + tagged + " was deleted");
        }
    }

    private void requireExpected(Digest now) throws RegistryException {
        if (expected != null && !expected.equals(now)) {
            throw new RegistryException("Cannot delete the tag " + tagged + ": it is " + now + " now, but " + expected
                    + " was expected; nothing was deleted");
        }
    }

    private void deleteDigest(
            Digest digest, Tag tag, ImageTags tags, DigestHolders.Staying others, RegistryContext context)
            throws RegistryException, InterruptedException {
        Optional<String> need = DigestHolders.find(others.tags(), tags, context).need(digest, Set.of());
        if (need.isPresent()) {
            throw new RegistryException("Cannot delete the tag " + tagged + ": the registry deletes digests only, and "
                    + digest + " " + need.get() + "; nothing was deleted");
        }
        Optional<Digest> now = tags.digestOf(tag);
        if (!now.equals(Optional.of(digest))) {
            throw new RegistryException("Cannot delete the tag " + tagged + ": it was " + digest + " and is "
                    + now.map(Digest::toString).orElse("gone") + " a moment later; nothing was deleted");
        }
        if (tags.delete(digest)) {
            DeletionTrial.requireGone(tags, tag, digest);
        } else {
            requireGone(tags, tag);
        }
    }

    /** A check confirms that a tag is gone. */
    private void requireGone(ImageTags tags, Tag tag) throws RegistryException, InterruptedException {
        Optional<Digest> now = tags.digestOf(tag);
        if (now.isPresent()) {
            throw new RegistryException("Cannot delete the tag " + tagged + " on "
                    + tags.registry().origin() + ": the registry answered that it does not exist, but it still does ("
                    + now.get() + "); ask a registry admin whether it can delete");
        }
    }

    /** Lists the other tags, once. */
    private static DigestHolders.Staying others(ImageTags tags, Tag tag) {
        return new DigestHolders.Staying() {
            private Set<Tag> others;

            @Override
            public synchronized Set<Tag> tags() throws RegistryException, InterruptedException {
                if (others == null) {
                    others = tags.names();
                    others.remove(tag);
                }
                return others;
            }
        };
    }

    @Override
    public String toString() {
        return "the tag " + tagged;
    }
}
