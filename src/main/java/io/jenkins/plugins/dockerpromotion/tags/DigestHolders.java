package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentRemover;
import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Progress;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the tags of an image that would be lost if a digest was deleted: those that point to it, and those of an index
 * that lists it. A tag that cannot be read may need any digest. Needs one request per tag, and one more for each tag of
 * an index.
 */
final class DigestHolders {

    /** An index within an index is rare, and deeper nesting does not occur. */
    private static final int MAX_DEPTH = 8;

    private static final Set<String> PLAIN = Set.of(Manifest.OCI_MANIFEST, Manifest.DOCKER_MANIFEST);

    private final ImageTags tags;
    private final Map<Digest, Set<String>> holders = new HashMap<>();
    private final Map<Tag, Digest> digests = new HashMap<>();
    private final Set<Digest> listed = new HashSet<>();
    private final Map<Tag, String> unreadable = new TreeMap<>(Comparator.comparing(Tag::value));

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
                return found.isNeeded(digest, Set.of());
            }
        };
    }

    /**
     * What one request found.
     *
     * @param digest the digest that the tag points to; empty if it does not exist or cannot be read
     * @param parts the digests that are lost with it
     * @param problem why the tag cannot be read
     */
    private record Seen(Tag tag, Optional<Digest> digest, Set<Digest> parts, Optional<String> problem) {}

    /** Checks every tag. */
    static DigestHolders find(Collection<Tag> all, ImageTags tags, RegistryContext context)
            throws RegistryException, InterruptedException {
        DigestHolders found = new DigestHolders(tags);
        Troubles troubles = new Troubles();
        Progress progress = Progress.ofTags(context, "checked", all.size());
        Parallel.each(all, Parallel.PER_HOST, tag -> {
                    Seen seen = found.read(tag, troubles);
                    progress.add(1);
                    return seen;
                })
                .forEach(found::add);
        found.unreadable.forEach((tag, problem) -> context.notices()
                .say("Keeping every digest that " + tag + " may need, because that tag cannot be read: " + problem));
        return found;
    }

    private Seen read(Tag tag, Troubles troubles) throws RegistryException, InterruptedException {
        try {
            return read(tag);
        } catch (RegistryException e) {
            if (troubles.concernAllTags(e)) {
                throw e;
            }
            return new Seen(tag, Optional.empty(), Set.of(), Optional.of(Troubles.reason(e)));
        }
    }

    /** Only the manifest shows what it lists: the type in a header may be another one. */
    private Seen read(Tag tag) throws RegistryException, InterruptedException {
        ImageReference tagged = tags.reference(tag);
        Set<Digest> parts = new LinkedHashSet<>();
        // On Docker Hub, reading would count as a pull.
        if (tags.isOnDockerHub()) {
            Optional<Descriptor> found = tags.registry().resolve(tagged);
            if (found.isPresent() && !PLAIN.contains(found.get().mediaType())) {
                addParts(pull(tags.reference(found.get().digest())), parts, 0);
            }
            return new Seen(tag, found.map(Descriptor::digest), parts, Optional.empty());
        }
        try {
            Optional<Manifest> manifest = tags.registry().pullIfPresent(tagged);
            addParts(manifest, parts, 0);
            // Some registries name a manifest by this digest, when asked for its tag.
            manifest.map(Manifest::bytes).map(Digest::sha512).ifPresent(parts::add);
            return new Seen(tag, manifest.map(Manifest::digest), parts, Optional.empty());
        } catch (RegistryException e) {
            if (e.status() != 200) {
                throw e;
            }
            // Its format is unknown or old, so that it lists nothing.
            return new Seen(tag, tags.digestOf(tag), parts, Optional.empty());
        }
    }

    private Optional<Manifest> pull(ImageReference part) throws RegistryException, InterruptedException {
        try {
            return tags.registry().pullIfPresent(part);
        } catch (RegistryException e) {
            if (e.status() != 200) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private void addParts(Optional<Manifest> manifest, Set<Digest> parts, int depth)
            throws RegistryException, InterruptedException {
        if (manifest.isEmpty() || depth >= MAX_DEPTH) {
            return;
        }
        for (Descriptor child : manifest.get().children()) {
            if (parts.add(child.digest()) && !PLAIN.contains(child.mediaType())) {
                addParts(pull(tags.reference(child.digest())), parts, depth + 1);
            }
        }
    }

    private void add(Seen seen) {
        seen.problem().ifPresent(problem -> unreadable.put(seen.tag(), problem));
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

    /** Records that {@code tag} cannot be read any more, so that it may need any digest. */
    void unreadable(Tag tag, String problem) {
        unreadable.put(tag, problem);
    }

    /** The digest of a tag when it was checked; empty if it did not exist or could not be read. */
    Optional<Digest> digestOf(Tag tag) {
        return Optional.ofNullable(digests.get(tag));
    }

    /** Why a tag could not be read. */
    Optional<String> problem(Tag tag) {
        return Optional.ofNullable(unreadable.get(tag));
    }

    /** Whether an index lists {@code digest}, which must then stay as long as the index. */
    boolean isListed(Digest digest) {
        return listed.contains(digest);
    }

    /** Whether a tag that will not be deleted needs {@code digest}, or may need it. */
    boolean isNeeded(Digest digest, Collection<Tag> going) {
        return need(digest, going).isPresent();
    }

    /** Which tags need {@code digest}, without those that will be deleted: the end of a sentence about the digest. */
    Optional<String> need(Digest digest, Collection<Tag> going) {
        List<String> others = others(digest, going);
        if (!others.isEmpty()) {
            return Optional.of("is also needed by " + LogText.names(others));
        }
        List<Tag> unknown =
                unreadable.keySet().stream().filter(tag -> !going.contains(tag)).toList();
        return unknown.isEmpty()
                ? Optional.empty()
                : Optional.of("may also be needed by " + LogText.names(unknown) + ", which cannot be read");
    }

    /** The tags that are known to need {@code digest}, without those that will be deleted. */
    List<String> others(Digest digest, Collection<Tag> going) {
        return holders.getOrDefault(digest, Set.of()).stream()
                .filter(name -> !going.contains(new Tag(name)))
                .toList();
    }

    /** Those of {@code parts} that only tags need which will be deleted. */
    Set<Digest> freed(Collection<Digest> parts, Collection<Tag> going) {
        Set<Digest> freed = new HashSet<>(parts);
        freed.removeIf(part -> isNeeded(part, going));
        return freed;
    }
}
