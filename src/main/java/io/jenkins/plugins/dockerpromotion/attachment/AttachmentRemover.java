package io.jenkins.plugins.dockerpromotion.attachment;

import static io.jenkins.plugins.dockerpromotion.attachment.AttachmentFinder.each;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentFinder.Attachments;
import io.jenkins.plugins.dockerpromotion.registry.DeletionException;
import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.MediaTypes;
import io.jenkins.plugins.dockerpromotion.registry.Referrers;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
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
 * Removes what refers to images that lose their last tag, and to nothing else: to the image, to its platforms, and to what
 * refers to these again.
 */
public final class AttachmentRemover {

    private final ImageTags tags;
    private final AttachmentFinder finder;
    private final Need need;
    private final Optional<Set<AttachmentTag>> known;
    private final Set<Digest> knownSubjects;
    private Map<Digest, Set<Tag>> holders;

    /** Tells whether a tag that stays points to a manifest, or to an index that lists it. */
    @FunctionalInterface
    public interface Need {
        boolean isNeeded(Digest digest) throws RegistryException, InterruptedException;
    }

    /**
     * One manifest that goes, or only its tag where the registry deletes tags.
     *
     * @param images that have to go first
     * @param subject what it refers to
     * @param tag it is found by; nothing if the registry lists it
     * @param size with its blobs, in bytes
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

    /** @param known all tags of the repository, if they were listed: what is not among them is not looked for */
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
     * Finds what goes with images whose last tag goes. Changes nothing.
     *
     * @param going the images, and the manifests that they consist of; none to have these read
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
        List<Set<Digest>> parts = each(images, image -> parts(image, going.get(image)));
        Map<Digest, Set<Digest>> subjects = new LinkedHashMap<>();
        for (int i = 0; i < images.size(); i++) {
            for (Digest part : parts.get(i)) {
                subjects.computeIfAbsent(part, p -> new LinkedHashSet<>()).add(images.get(i));
            }
        }
        return collect(subjects, listed);
    }

    /** Finds what refers to images that are not there any more, by the tags that tell their digests. Changes nothing. */
    public List<Removal> orphans() throws RegistryException, InterruptedException {
        List<Digest> subjects = List.copyOf(knownSubjects);
        List<Optional<Digest>> there = each(subjects, subject -> tags.registry().digestOf(finder.pinned(subject)));
        Map<Digest, Set<Digest>> gone = new LinkedHashMap<>();
        for (int i = 0; i < subjects.size(); i++) {
            if (there.get(i).isEmpty()) {
                gone.put(subjects.get(i), Set.of(subjects.get(i)));
            }
        }
        return collect(gone, true);
    }

    /** A manifest and those it lists. What cannot be read as one lists none. */
    private Set<Digest> parts(Digest image, Collection<Digest> known) throws RegistryException, InterruptedException {
        Set<Digest> all = new LinkedHashSet<>(List.of(image));
        all.addAll(known);
        List<Digest> open = new ArrayList<>(known.isEmpty() ? List.of(image) : List.of());
        while (!open.isEmpty()) {
            List<Descriptor> children =
                    read(open.remove(0)).map(Manifest::children).orElse(List.of());
            for (Descriptor child : children) {
                if (all.add(child.digest()) && MediaTypes.isIndex(child.mediaType())) {
                    open.add(child.digest());
                }
            }
        }
        return all;
    }

    private Optional<Manifest> read(Digest digest) throws RegistryException, InterruptedException {
        try {
            return tags.registry().pullIfPresent(finder.pinned(digest));
        } catch (RegistryException e) {
            if (e.status() == 200) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * @param subjects that go, and because of which images
     * @param listed whether the registry lists referrers; where it does not, tags tell all
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
            for (Attachments found :
                    finder.find(asked, tag -> known.isEmpty() || known.get().contains(tag))) {
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

    /** Plans the removal of what was found; returns the manifests that go, which others may refer to. */
    private Set<Digest> add(Attachments found, Set<Digest> images, List<Removal> plan)
            throws RegistryException, InterruptedException {
        Set<Digest> going = new LinkedHashSet<>();
        for (Descriptor referrer : found.referrers()) {
            if (tags.isOnDockerHub()) {
                // It stays, so it is not read, which would count as a pull.
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
            Optional<Manifest> manifest = read(tag.getValue());
            going.add(tag.getValue());
            plan.add(
                    manifest.isPresent()
                            ? removal(
                                    images,
                                    found.subject(),
                                    manifest.get(),
                                    Optional.of(tag.getKey().tag()))
                            : new Removal(
                                    images,
                                    found.subject(),
                                    tag.getValue(),
                                    Optional.of(tag.getKey().tag()),
                                    0));
        }
        return going;
    }

    private static Removal removal(Set<Digest> images, Digest subject, Manifest manifest, Optional<Tag> tag) {
        long blobs = manifest.blobs().stream()
                .mapToLong(blob -> Math.max(0, blob.size()))
                .sum();
        return new Removal(images, subject, manifest.digest(), tag, manifest.bytes().length + blobs);
    }

    /** What of this the registry does not delete, and why, as far as that can be told. Changes nothing. */
    public Map<Removal, String> staying(Collection<Removal> removals) throws InterruptedException {
        Map<Removal, String> staying = new LinkedHashMap<>();
        List<Removal> untagged =
                removals.stream().filter(removal -> removal.tag().isEmpty()).toList();
        if (!untagged.isEmpty() && !tags.deletesManifests()) {
            untagged.forEach(removal -> staying.put(
                    removal,
                    removal + " stays: " + tags.image().host() + " deletes no manifest by its digest, and this one has"
                            + " no tag"));
        }
        return staying;
    }

    /**
     * Removes what was planned. One that the registry refuses to delete does not keep the others.
     *
     * @return why it is still there, for each that is
     */
    public Map<Removal, String> remove(Collection<Removal> removals) throws RegistryException, InterruptedException {
        Map<Removal, String> refused = staying(removals);
        List<Removal> going = new ArrayList<>(removals);
        going.removeAll(refused.keySet());
        List<Optional<String>> reasons = each(going, removal -> delete(removal, going));
        for (int i = 0; i < going.size(); i++) {
            Removal removal = going.get(i);
            reasons.get(i).ifPresent(reason -> refused.put(removal, reason));
        }
        return refused;
    }

    private Optional<String> delete(Removal removal, List<Removal> all) throws InterruptedException {
        try {
            if (removal.tag().isEmpty()) {
                return tags.delete(removal.digest())
                                || tags.registry()
                                        .digestOf(finder.pinned(removal.digest()))
                                        .isEmpty()
                        ? Optional.empty()
                        : Optional.of("the registry answered that there is no " + removal.digest()
                                + ", but it is still there");
            }
            Tag tag = removal.tag().get();
            Optional<Digest> now = tags.digestOf(tag);
            if (now.isPresent() && !now.get().equals(removal.digest())) {
                return Optional.of(tag + " was changed meanwhile");
            }
            return now.isEmpty()
                            || delete(tag, removal.digest(), all)
                            || tags.digestOf(tag).isEmpty()
                    ? Optional.empty()
                    : Optional.of("the registry answered that there is no tag " + tag + ", but it is still there");
        } catch (RegistryException e) {
            return Optional.of(e.getMessage());
        }
    }

    private boolean delete(Tag tag, Digest digest, List<Removal> all) throws RegistryException, InterruptedException {
        try {
            return tags.delete(tag);
        } catch (DeletionException e) {
            if (e.obstacle() != DeletionException.Obstacle.BY_DIGEST_ONLY) {
                throw e;
            }
            requireUnshared(tag, digest, all);
            return tags.delete(digest);
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

    /** Which tags of attachments point to a manifest; looked at once. */
    private synchronized Map<Digest, Set<Tag>> holders() throws RegistryException, InterruptedException {
        if (holders == null) {
            List<Tag> all = known.isPresent()
                    ? known.get().stream().map(AttachmentTag::tag).toList()
                    : tags.names().stream().filter(AttachmentTag::is).toList();
            List<Optional<Digest>> digests = each(all, tags::digestOf);
            holders = new HashMap<>();
            for (int i = 0; i < all.size(); i++) {
                Tag tag = all.get(i);
                digests.get(i)
                        .ifPresent(digest -> holders.computeIfAbsent(digest, d -> new HashSet<>())
                                .add(tag));
            }
        }
        return holders;
    }
}
