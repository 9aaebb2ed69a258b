package io.jenkins.plugins.dockerpromotion.attachment;

import static io.jenkins.plugins.dockerpromotion.attachment.AttachmentFinder.map;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentFinder.Attachments;
import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.DeletionException;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.Referrers;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel.Call;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Removes the attachments of images that lose their last tag: those of the image, of its platforms, and of these
 * attachments in turn. Keeps attachments that also belong to something else.
 */
public final class AttachmentRemover {

    private final ImageTags tags;
    private final AttachmentFinder finder;
    private final Need need;
    private final Optional<Set<AttachmentTag>> known;
    private final Set<Digest> knownSubjects;
    private Map<Digest, Set<Tag>> holders;

    /** Finds out whether a remaining tag points to a manifest, or to an index that lists it. */
    @FunctionalInterface
    public interface Need {
        boolean isNeeded(Digest digest) throws RegistryException, InterruptedException;
    }

    /**
     * One manifest to delete, or only its tag if the registry deletes tags.
     *
     * @param images that must be deleted first
     * @param subject the manifest it is attached to
     * @param tag the tag that leads to it; empty if the registry lists it
     * @param size in bytes, with its blobs
     */
    public record Removal(Set<Digest> images, Digest subject, Digest digest, Optional<Tag> tag, long size) {

        public Removal {
            images = Set.copyOf(images);
        }

        /** Its tag, or else its digest. */
        @Override
        public String toString() {
            return tag.map(Tag::value).orElse(digest.toString());
        }
    }

    /** @param known all tags of the repository, if they were listed; other tags are not requested */
    public AttachmentRemover(ImageTags tags, Optional<? extends Collection<Tag>> known, Need need) {
        this.tags = tags;
        this.finder = new AttachmentFinder(tags.registry(), tags.image());
        this.need = need;
        this.known = known.map(all ->
                all.stream().flatMap(tag -> AttachmentTag.of(tag).stream()).collect(Collectors.toSet()));
        this.knownSubjects = this.known.stream()
                .flatMap(Set::stream)
                .map(AttachmentTag::subject)
                .collect(Collectors.toSet());
    }

    /**
     * Finds the attachments to delete with images that lose their last tag. Changes nothing.
     *
     * @param going the images, and the manifests that they consist of; empty to read these
     */
    public List<Removal> ofImages(Map<Digest, ? extends Collection<Digest>> going)
            throws RegistryException, InterruptedException {
        if (going.isEmpty()) {
            return List.of();
        }
        List<Digest> images = List.copyOf(going.keySet());
        boolean listed = tags.registry().referrers(finder.pinned(images.get(0))).offered();
        if (!listed && known.isPresent() && known.get().isEmpty()) {
            return List.of();
        }
        Map<Digest, Set<Digest>> subjects = new LinkedHashMap<>();
        map(images, image -> parts(image, going.get(image)))
                .forEach((image, parts) ->
                        parts.forEach(part -> subjects.computeIfAbsent(part, p -> new LinkedHashSet<>())
                                .add(image)));
        return collect(subjects, listed);
    }

    /** Finds attachments of images that no longer exist, by tags that contain their digests. Changes nothing. */
    public List<Removal> orphans() throws RegistryException, InterruptedException {
        Map<Digest, Set<Digest>> gone = new LinkedHashMap<>();
        map(knownSubjects, this::isThere).forEach((subject, there) -> {
            if (!there) {
                gone.put(subject, Set.of(subject));
            }
        });
        return collect(gone, true);
    }

    /** An image that the registry refuses to show exists. */
    private boolean isThere(Digest image) throws RegistryException, InterruptedException {
        return unlessRefused(
                image, i -> tags.registry().digestOf(finder.pinned(i)).isPresent(), true);
    }

    private static <T, R> R unlessRefused(T thing, Call<T, R> call, R otherwise)
            throws RegistryException, InterruptedException {
        try {
            return call.on(thing);
        } catch (RegistryException e) {
            if (e.isRefusal()) {
                return otherwise;
            }
            throw e;
        }
    }

    private Optional<Digest> digestOf(AttachmentTag tag) throws RegistryException, InterruptedException {
        return known.isEmpty() || known.get().contains(tag)
                ? unlessRefused(tag, finder::digestOf, Optional.empty())
                : Optional.empty();
    }

    private Optional<Manifest> read(Digest attachment) throws RegistryException, InterruptedException {
        return unlessRefused(attachment, finder::read, Optional.empty());
    }

    /** A manifest and those it lists. A manifest of an unknown type lists nothing. */
    private Set<Digest> parts(Digest image, Collection<Digest> known) throws RegistryException, InterruptedException {
        Set<Digest> all = new LinkedHashSet<>(List.of(image));
        all.addAll(known);
        Optional<Manifest> manifest = known.isEmpty() ? finder.read(image) : Optional.empty();
        if (manifest.isPresent()) {
            finder.addParts(manifest.get(), all);
        }
        return all;
    }

    /**
     * @param subjects the manifests to delete, with the images that cause it
     * @param listed whether the registry lists referrers; if not, tags show all of them
     */
    private List<Removal> collect(Map<Digest, Set<Digest>> subjects, boolean listed)
            throws RegistryException, InterruptedException {
        List<Removal> plan = new ArrayList<>();
        Set<Digest> seen = new HashSet<>();
        Map<Digest, Set<Digest>> level = subjects;
        while (!level.isEmpty()) {
            seen.addAll(level.keySet());
            List<Digest> asked = level.keySet().stream()
                    .filter(subject -> listed || known.isEmpty() || knownSubjects.contains(subject))
                    .toList();
            Map<Digest, Set<Digest>> next = new LinkedHashMap<>();
            for (Attachments found : finder.find(asked, this::digestOf)) {
                if (!found.isEmpty() && !need.isNeeded(found.subject())) {
                    Set<Digest> images = level.get(found.subject());
                    add(found, images, plan).forEach(digest -> next.put(digest, images));
                }
            }
            next.keySet().removeAll(seen);
            level = next;
        }
        return List.copyOf(plan);
    }

    /** Plans the removal of these attachments; returns the manifests to delete, which may have attachments, too. */
    private Set<Digest> add(Attachments found, Set<Digest> images, List<Removal> plan)
            throws RegistryException, InterruptedException {
        Set<Digest> going = new LinkedHashSet<>();
        for (Descriptor referrer : found.referrers()) {
            if (tags.isOnDockerHub()) {
                // It stays, so it need not be read, which would count as a pull.
                going.add(referrer.digest());
                plan.add(new Removal(images, found.subject(), referrer.digest(), Optional.empty(), 0));
                continue;
            }
            Optional<Manifest> manifest = read(referrer.digest())
                    .filter(m -> m.subject().map(Descriptor::digest).equals(Optional.of(found.subject())));
            if (manifest.isPresent() && !need.isNeeded(referrer.digest())) {
                going.add(referrer.digest());
                plan.add(removal(images, found.subject(), manifest.get(), Optional.empty()));
            }
        }
        found.index()
                .ifPresent(index -> plan.add(
                        removal(images, found.subject(), index, Optional.of(Referrers.fallbackTag(found.subject())))));
        for (Map.Entry<AttachmentTag, Digest> tag : found.tags().entrySet()) {
            Optional<Tag> named = Optional.of(tag.getKey().tag());
            going.add(tag.getValue());
            plan.add(read(tag.getValue())
                    .map(manifest -> removal(images, found.subject(), manifest, named))
                    .orElseGet(() -> new Removal(images, found.subject(), tag.getValue(), named, 0)));
        }
        return going;
    }

    private static Removal removal(Set<Digest> images, Digest subject, Manifest manifest, Optional<Tag> tag) {
        long blobs = manifest.blobs().stream()
                .mapToLong(blob -> Math.max(0, blob.size()))
                .sum();
        return new Removal(images, subject, manifest.digest(), tag, manifest.bytes().length + blobs);
    }

    /**
     * The attachments that the registry does not delete, with reasons, as far as this is known in advance. Changes
     * nothing.
     */
    public Map<Removal, String> staying(Collection<Removal> removals) throws InterruptedException {
        Map<Removal, String> staying = new LinkedHashMap<>();
        List<Removal> untagged =
                removals.stream().filter(removal -> removal.tag().isEmpty()).toList();
        if (!untagged.isEmpty() && !tags.deletesManifests()) {
            untagged.forEach(removal -> staying.put(
                    removal,
                    removal + " stays: " + tags.image().host() + " does not delete manifests by digest, and this one"
                            + " has no tag"));
        }
        return staying;
    }

    /**
     * Carries out the plan. If the registry refuses to delete one attachment, the others are still deleted.
     *
     * @return the reason for each one that still exists
     */
    public Map<Removal, String> remove(Collection<Removal> removals) throws RegistryException, InterruptedException {
        Map<Removal, String> refused = staying(removals);
        List<Removal> going = new ArrayList<>(removals);
        going.removeAll(refused.keySet());
        map(going, removal -> delete(removal, going))
                .forEach((removal, why) -> why.ifPresent(reason -> refused.put(removal, reason)));
        return refused;
    }

    private Optional<String> delete(Removal removal, List<Removal> all) throws InterruptedException {
        try {
            if (removal.tag().isPresent()) {
                Tag tag = removal.tag().get();
                Optional<Digest> now = tags.digestOf(tag);
                if (now.isPresent() && !now.get().equals(removal.digest())) {
                    return Optional.of(tag + " changed in the meantime");
                }
                if (now.isPresent()) {
                    delete(tag, removal.digest(), all);
                }
            } else {
                tags.delete(removal.digest());
            }
            return isStanding(removal)
                    ? Optional.of(removal + " is still there, although the registry did not refuse to delete it")
                    : Optional.empty();
        } catch (RegistryException e) {
            return Optional.of(e.getMessage());
        }
    }

    private boolean isStanding(Removal removal) throws RegistryException, InterruptedException {
        return removal.tag().isPresent()
                ? !tags.standing(Map.of(removal.tag().get(), removal.digest())).isEmpty()
                : tags.registry().digestOf(finder.pinned(removal.digest())).isPresent();
    }

    private void delete(Tag tag, Digest digest, List<Removal> all) throws RegistryException, InterruptedException {
        try {
            tags.delete(tag);
        } catch (DeletionException e) {
            if (e.obstacle() != DeletionException.Obstacle.BY_DIGEST_ONLY) {
                throw e;
            }
            requireUnshared(tag, digest, all);
            tags.delete(digest);
        }
    }

    /** One SBOM may be attached to several images. */
    private void requireUnshared(Tag tag, Digest digest, List<Removal> all)
            throws RegistryException, InterruptedException {
        Set<Tag> others = new HashSet<>(holders().getOrDefault(digest, Set.of()));
        all.forEach(removal -> removal.tag().ifPresent(others::remove));
        if (!others.isEmpty() || need.isNeeded(digest)) {
            throw new RegistryException("Cannot delete the tag " + tags.reference(tag)
                    + ": the registry deletes digests only, and " + digest.abbreviated() + " is also needed by "
                    + others.stream().map(Tag::value).sorted().findFirst().orElse("another tag"));
        }
    }

    /** The tags of attachments that point to a manifest; read once. */
    private synchronized Map<Digest, Set<Tag>> holders() throws RegistryException, InterruptedException {
        if (holders == null) {
            List<Tag> all = known.isPresent()
                    ? known.get().stream().map(AttachmentTag::tag).toList()
                    : tags.names().stream().filter(AttachmentTag::is).toList();
            Map<Digest, Set<Tag>> found = new HashMap<>();
            map(all, tags::digestOf)
                    .forEach((tag, pointsTo) -> pointsTo.ifPresent(digest ->
                            found.computeIfAbsent(digest, d -> new HashSet<>()).add(tag)));
            holders = found;
        }
        return holders;
    }
}
