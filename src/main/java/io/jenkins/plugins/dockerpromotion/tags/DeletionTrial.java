package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks what else a registry deletes with one tag, and puts it back: some delete the manifest, with all its tags. To be
 * created before the deletion.
 */
final class DeletionTrial {

    private final ImageTags tags;
    private final Tag tag;
    private final Digest digest;
    private final Optional<Manifest> manifest;

    private DeletionTrial(ImageTags tags, Tag tag, Digest digest, Optional<Manifest> manifest) {
        this.tags = tags;
        this.tag = tag;
        this.digest = digest;
        this.manifest = manifest;
    }

    /** What the deletion of one tag shows about the registry. */
    enum Effect {
        /** Nothing, because this tag was not deleted. */
        NONE,
        /** The manifest is still there, and all its other tags. */
        TAG_ALONE,
        /** The manifest is gone, but nothing that stays. */
        UNCLEAR,
        /** The manifest is gone, and what stays was deleted with it; this has been put back. */
        WHOLE_DIGEST
    }

    /** Reads the manifest, which may have to be stored again. */
    static DeletionTrial of(ImageTags tags, Tag tag, Digest digest) throws InterruptedException {
        Optional<Manifest> manifest;
        try {
            manifest = tags.registry().pullIfPresent(tags.reference(digest));
        } catch (RegistryException e) {
            manifest = Optional.empty();
        }
        return new DeletionTrial(tags, tag, digest, manifest);
    }

    /** For a tag whose deletion the registry has accepted: fails if it is still there. */
    static void requireGone(ImageTags tags, Tag tag, Digest digest) throws RegistryException, InterruptedException {
        if (!tags.standing(Map.of(tag, digest)).isEmpty()) {
            throw new RegistryException("Cannot delete the tag " + tags.reference(tag) + " on "
                    + tags.registry().origin() + ": the registry accepted this, but the tag is still there; ask a"
                    + " registry admin whether it can delete");
        }
    }

    /** Called when the tag is gone. */
    Effect effect(Collection<Tag> staying, RegistryContext context) throws RegistryException, InterruptedException {
        // A registry may delete the signatures of an image with it.
        Set<Tag> images =
                staying.stream().filter(image -> !AttachmentTag.is(image)).collect(Collectors.toSet());
        if (tags.registry().digestOf(tags.reference(digest)).isPresent()) {
            requireAll(images, context);
            return Effect.TAG_ALONE;
        }
        DigestHolders holders = DigestHolders.find(images, tags, context);
        List<Tag> lost = lost(holders, images);
        List<String> indexes = holders.others(digest, List.of());
        Optional<String> need = holders.need(digest, List.of());
        if (!lost.isEmpty()) {
            putBack(LogText.names(lost), lost.stream().map(tags::reference).toList(), context);
        } else if (need.isPresent()) {
            String part = indexes.isEmpty()
                    ? digest.abbreviated() + " (it " + need.get() + ")"
                    : "a part of " + LogText.names(indexes);
            putBack(part, List.of(tags.reference(digest)), context);
        }
        return lost.isEmpty() && need.isEmpty() ? Effect.UNCLEAR : Effect.WHOLE_DIGEST;
    }

    /** The tags that are gone, although they were to stay. */
    private static List<Tag> lost(DigestHolders holders, Collection<Tag> staying) {
        return staying.stream()
                .filter(image -> holders.digestOf(image).isEmpty()
                        && holders.problem(image).isEmpty())
                .sorted(Comparator.comparing(Tag::value))
                .toList();
    }

    /**
     * A cache may still have the manifest, although the registry deleted it with all its tags. These are not put back,
     * because they may have been other images that somebody else deleted.
     */
    private void requireAll(Set<Tag> staying, RegistryContext context) throws RegistryException, InterruptedException {
        Set<Tag> missing = new HashSet<>(staying);
        if (!missing.isEmpty()) {
            missing.removeAll(tags.names());
        }
        List<Tag> lost = missing.isEmpty() ? List.of() : lost(DigestHolders.find(missing, tags, context), missing);
        if (!lost.isEmpty()) {
            throw new RegistryException("Since the deletion of the tag " + tags.reference(tag) + ", "
                    + LogText.names(lost) + " is gone, too, although it was to stay: the registry may have deleted it"
                    + " together with the digest; if so, push " + digest + " again under these tags");
        }
    }

    private void putBack(String lost, List<ImageReference> references, RegistryContext context)
            throws RegistryException, InterruptedException {
        String what = lost + ", which the registry deleted together with " + tag;
        try {
            for (ImageReference reference : references) {
                tags.registry()
                        .push(
                                reference,
                                manifest.orElseThrow(
                                        () -> new RegistryException("its manifest could not be read before")));
            }
        } catch (RegistryException e) {
            throw new RegistryException("Cannot put back " + what + " of " + tags.image() + ": " + e.getMessage()
                    + "; push " + digest + " again");
        }
        context.notices().say("Put back " + what);
    }
}
