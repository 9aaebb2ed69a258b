package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentRemover;
import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.MediaTypes;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;

/**
 * Finds the tags of an image that would be lost if a digest was deleted: those that point to it, and those of an index
 * that lists it. Needs one request per tag, and one more for each tag of an index.
 */
final class DigestHolders {

    /** An index within an index is rare, and deeper nesting does not occur. */
    private static final int MAX_DEPTH = 8;

    private static final Set<String> PLAIN = Set.of(MediaTypes.OCI_MANIFEST, MediaTypes.DOCKER_MANIFEST);

    private final ImageTags tags;
    private final Map<Digest, Set<String>> holders = new HashMap<>();
    private final Map<Tag, Digest> digests = new HashMap<>();
    private final Set<Digest> listed = new HashSet<>();

    private DigestHolders(ImageTags tags) {
        this.tags = tags;
    }

    /** Lists the tags to check. */
    @FunctionalInterface
    interface Staying {
        Collection<Tag> tags() throws RegistryException, InterruptedException;
    }

    /**
     * Returns the digests that the remaining tags need. Checks the tags at the first call. Tags of attachments need
     * nothing.
     */
    static AttachmentRemover.Need need(Staying staying, ImageTags tags, RegistryContext context) {
        return new AttachmentRemover.Need() {
            private DigestHolders found;

            @Override
            public synchronized boolean isNeeded(Digest digest) throws RegistryException, InterruptedException {
                if (found == null) {
                    found = find(
                            staying.tags().stream()
                                    .filter(tag -> !AttachmentTag.is(tag))
                                    .toList(),
                            tags,
                            context);
                }
                return !found.others(digest, Set.of()).isEmpty();
            }
        };
    }

    /** A tag, the digest it points to, and the digests that are lost with it. */
    private record Seen(Tag tag, Optional<Digest> digest, Set<Digest> parts) {}

    /** Checks every tag. */
    static DigestHolders find(Collection<Tag> all, ImageTags tags, RegistryContext context)
            throws RegistryException, InterruptedException {
        DigestHolders found = new DigestHolders(tags);
        Progress progress = new Progress(context, "checked", all.size());
        List<Callable<Seen>> looks = all.stream()
                .<Callable<Seen>>map(tag -> () -> {
                    Seen seen = found.look(tag);
                    progress.step();
                    return seen;
                })
                .toList();
        Parallel.all(looks, Parallel.PER_HOST).forEach(found::add);
        return found;
    }

    /** For a plain manifest the digest is enough, even if its type cannot be promoted. */
    private Seen look(Tag tag) throws RegistryException, InterruptedException {
        ImageReference tagged = tags.reference(tag);
        Optional<Descriptor> found = tags.registry().resolve(tagged);
        if (found.isEmpty()) {
            return new Seen(tag, Optional.empty(), Set.of());
        }
        Set<Digest> parts = new LinkedHashSet<>();
        if (!PLAIN.contains(found.get().mediaType()) && !isOld(found.get().mediaType())) {
            addParts(found.get().digest(), parts, 0);
        }
        return new Seen(tag, Optional.of(found.get().digest()), parts);
    }

    private static boolean isOld(String mediaType) {
        return mediaType.startsWith("application/vnd.docker.distribution.manifest.v1");
    }

    private void addParts(Digest digest, Set<Digest> parts, int depth) throws RegistryException, InterruptedException {
        Optional<Manifest> manifest;
        try {
            manifest = tags.registry().pullIfPresent(tags.reference(digest));
        } catch (RegistryException e) {
            if (e.status() != 200) {
                throw e;
            }
            // A manifest of an unknown type lists nothing.
            return;
        }
        if (manifest.isEmpty() || depth >= MAX_DEPTH) {
            return;
        }
        for (Descriptor child : manifest.get().children()) {
            if (parts.add(child.digest()) && !PLAIN.contains(child.mediaType())) {
                addParts(child.digest(), parts, depth + 1);
            }
        }
    }

    private void add(Seen seen) {
        seen.digest().ifPresent(digest -> {
            digests.put(seen.tag(), digest);
            hold(digest, seen.tag());
            seen.parts().forEach(part -> hold(part, seen.tag()));
            listed.addAll(seen.parts());
        });
    }

    /** Records that {@code tag} needs {@code digest}, even if this was found later. */
    void hold(Digest digest, Tag tag) {
        holders.computeIfAbsent(digest, d -> new TreeSet<>()).add(tag.value());
    }

    /** The digest of a tag when it was checked; empty if it did not exist. */
    Optional<Digest> digestOf(Tag tag) {
        return Optional.ofNullable(digests.get(tag));
    }

    /** Whether an index lists {@code digest}, which must then stay as long as the index. */
    boolean isListed(Digest digest) {
        return listed.contains(digest);
    }

    /** The tags that need {@code digest}, without those that will be deleted. */
    List<String> others(Digest digest, Collection<Tag> going) {
        return holders.getOrDefault(digest, Set.of()).stream()
                .filter(name -> !going.contains(new Tag(name)))
                .toList();
    }

    /** Those of {@code parts} that only tags need which will be deleted. */
    Set<Digest> freed(Collection<Digest> parts, Collection<Tag> going) {
        Set<Digest> freed = new HashSet<>(parts);
        freed.removeIf(part -> !others(part, going).isEmpty());
        return freed;
    }
}
