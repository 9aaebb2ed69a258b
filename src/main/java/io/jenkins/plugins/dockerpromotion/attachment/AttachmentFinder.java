package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.Referrers;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel.Call;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the attachments of manifests in one repository: by the referrers API, by the fallback tag that clients keep if
 * there is no such API, and by the tags of cosign's older format. Always reads all three, because a registry may have
 * got the API after its first signature. Thread-safe.
 *
 * @param registry the registry of the repository
 * @param image the repository
 */
public record AttachmentFinder(RegistryClient registry, ImageName image) {

    /** A signature and some attestations for each platform of an image make a hundred. */
    static final int MAX_MANIFESTS = 5_000;

    /** The suffixes of cosign's tags for signatures, attestations and SBOMs, from before it used referrers. */
    private static final List<String> COSIGN_SUFFIXES = List.of(".sig", ".att", ".sbom");

    /**
     * The direct attachments of one manifest.
     *
     * @param subject the manifest
     * @param referrers the referrers that the registry or the fallback tag lists, without duplicates
     * @param index the list that the fallback tag points to, if there is one
     * @param tags cosign's tags that exist, and the digests they point to
     */
    public record Attachments(
            Digest subject, List<Descriptor> referrers, Optional<Manifest> index, Map<AttachmentTag, Digest> tags) {

        public Attachments {
            referrers = List.copyOf(referrers);
            tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
        }

        /** Whether the manifest has no attachments. */
        public boolean isEmpty() {
            return referrers.isEmpty() && tags.isEmpty();
        }

        /** The digests of all manifests attached to the subject. */
        List<Digest> digests() {
            List<Digest> all = new ArrayList<>(tags.values());
            referrers.forEach(referrer -> all.add(referrer.digest()));
            return all;
        }
    }

    /** Finds the direct attachments of {@code subject}, with five requests. */
    public Attachments find(Digest subject) throws RegistryException, InterruptedException {
        return find(List.of(subject)).get(0);
    }

    /** Finds the direct attachments of each of {@code subjects}, in their order. */
    public List<Attachments> find(Collection<Digest> subjects) throws RegistryException, InterruptedException {
        return find(subjects, this::digestOf);
    }

    /** @param digestOf reads the digest of one of cosign's tags; empty if there is no such tag */
    List<Attachments> find(Collection<Digest> subjects, Call<AttachmentTag, Optional<Digest>> digestOf)
            throws RegistryException, InterruptedException {
        Map<Digest, Referrers> referrers = referrers(subjects);
        List<AttachmentTag> names = subjects.stream()
                .flatMap(subject -> cosignTags(subject).stream())
                .toList();
        Map<Digest, Map<AttachmentTag, Digest>> tags = new HashMap<>();
        // Some registries return the manifest itself for a digest written as a tag.
        map(names, digestOf)
                .forEach((name, found) -> found.filter(digest -> !digest.equals(name.subject()))
                        .ifPresent(digest -> tags.computeIfAbsent(name.subject(), s -> new LinkedHashMap<>())
                                .put(name, digest)));
        List<Attachments> found = new ArrayList<>();
        for (Digest subject : subjects) {
            Referrers of = referrers.get(subject);
            found.add(new Attachments(subject, of.all(), of.fallback(), tags.getOrDefault(subject, Map.of())));
        }
        return found;
    }

    /** What refers to each of {@code subjects}. The first answer tells whether the registry knows the request. */
    Map<Digest, Referrers> referrers(Collection<Digest> subjects) throws RegistryException, InterruptedException {
        Map<Digest, Referrers> all = new LinkedHashMap<>();
        List<Digest> others = new ArrayList<>(subjects);
        if (!others.isEmpty()) {
            Digest first = others.remove(0);
            all.put(first, registry.referrers(pinned(first)));
        }
        all.putAll(map(others, subject -> registry.referrers(pinned(subject))));
        return all;
    }

    /** A sha512 digest does not fit into a tag. */
    private static List<AttachmentTag> cosignTags(Digest subject) {
        return subject.algorithm().equals("sha256")
                ? COSIGN_SUFFIXES.stream()
                        .map(suffix -> new AttachmentTag(subject, suffix))
                        .toList()
                : List.of();
    }

    /**
     * Adds a manifest and everything that it lists to {@code all}, through indexes within indexes, up to
     * {@link #MAX_MANIFESTS}.
     */
    void addParts(Manifest manifest, Set<Digest> all) throws RegistryException, InterruptedException {
        Deque<Manifest> open = new ArrayDeque<>(List.of(manifest));
        all.add(manifest.digest());
        while (!open.isEmpty() && all.size() <= MAX_MANIFESTS) {
            for (Descriptor child : open.remove().children()) {
                if (all.add(child.digest()) && Manifest.isIndex(child.mediaType())) {
                    read(child.digest()).ifPresent(open::add);
                }
            }
        }
    }

    /** A manifest; empty if it does not exist or has an unknown type. */
    Optional<Manifest> read(Digest digest) throws RegistryException, InterruptedException {
        return ifManifest(pinned(digest), registry::pullIfPresent);
    }

    /** The digest of an attachment's tag; empty if it points to something that is not a manifest. */
    Optional<Digest> digestOf(AttachmentTag tag) throws RegistryException, InterruptedException {
        return ifManifest(tagged(tag.tag()), registry::digestOf);
    }

    /** Empty if the registry answered with something else, which is an error with status 200. */
    private static <R> Optional<R> ifManifest(ImageReference reference, Call<ImageReference, Optional<R>> call)
            throws RegistryException, InterruptedException {
        try {
            return call.on(reference);
        } catch (RegistryException e) {
            if (e.status() == 200) {
                return Optional.empty();
            }
            throw e;
        }
    }

    ImageReference pinned(Digest digest) {
        return ImageReference.pinned(image, digest);
    }

    ImageReference tagged(Tag tag) {
        return ImageReference.tagged(image, tag);
    }

    static <T, R> Map<T, R> map(Collection<T> things, Call<T, R> call) throws RegistryException, InterruptedException {
        return Parallel.map(things, Parallel.PER_HOST, call);
    }
}
