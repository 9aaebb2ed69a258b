package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentFinder.Attachments;
import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.Referrers;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Copies the attachments of an image to another repository: those of the image, of each of its platforms, and of these
 * attachments in turn. Existing content is not changed, and lists under the same tag are merged.
 */
public final class AttachmentCopier {

    /** Total size of all manifests, which stay in memory until they are stored. */
    private static final long MAX_BYTES = 64L * 1024 * 1024;

    /** How often a tag is written again after another client has written it at the same time. */
    private static final int ATTEMPTS = 5;

    /**
     * Statuses with which a registry refuses a manifest permanently, with any credentials. 200 means that a tag
     * contains no manifest of a known type.
     */
    private static final Set<Integer> REFUSALS = Set.of(200, 400, 405, 406, 409, 410, 412, 413, 415, 422, 501);

    /** The status for content that cannot be merged. */
    static final RegistryException.Reason REFUSED = new RegistryException.Reason(409, List.of(), false);

    private final AttachmentFinder from;
    private final AttachmentFinder to;
    private final Content content;
    private final Notices notices;

    /** Copies the content of a manifest, but not the manifest itself, from one repository to the other. */
    @FunctionalInterface
    public interface Content {
        void copy(Manifest manifest) throws RegistryException, InterruptedException;
    }

    public AttachmentCopier(AttachmentFinder from, AttachmentFinder to, Content content, Notices notices) {
        this.from = from;
        this.to = to;
        this.content = content;
        this.notices = notices;
    }

    /** The attachments of one manifest that the other repository lacks. */
    private record Missing(Attachments found, List<Manifest> referrers, Map<AttachmentTag, Manifest> tags) {

        int count() {
            return referrers.size() + tags.size();
        }

        long bytes() {
            return Stream.concat(referrers.stream(), tags.values().stream())
                    .mapToLong(manifest -> manifest.bytes().length)
                    .sum();
        }
    }

    /** The plan of a copy, made before anything is written. */
    public final class Plan {

        private final Manifest image;
        private final List<List<Missing>> levels;
        private final Set<String> problems = new LinkedHashSet<>();

        private Plan(Manifest image, List<List<Missing>> levels) {
            this.image = image;
            this.levels = levels;
        }

        /** How many manifests of attachments the other repository lacks. */
        public int count() {
            return levels.stream()
                    .flatMap(List::stream)
                    .mapToInt(Missing::count)
                    .sum();
        }

        /**
         * Copies them.
         *
         * @param required whether it is an error if the other registry refuses one of them; otherwise this is only
         *     reported
         * @return how many were copied
         */
        public int run(boolean required) throws RegistryException, InterruptedException {
            if (count() == 0) {
                return 0;
            }
            storeImage(image);
            int copied = 0;
            for (List<Missing> level : levels) {
                for (int count : Parallel.each(level, Parallel.TRANSFERS, missing -> copy(missing, problems))) {
                    copied += count;
                }
            }
            if (required && !problems.isEmpty()) {
                throw new RegistryException("Cannot copy all attachments of " + from.image() + "@" + image.digest()
                        + " to " + to.image() + ": " + String.join("; ", problems));
            }
            problems.forEach(problem -> notices.say("Not copied: " + problem));
            return copied;
        }
    }

    /** Reads both sides. The content of {@code image} need not be on the other side yet. */
    public Plan plan(Manifest image) throws RegistryException, InterruptedException {
        List<List<Missing>> levels = new ArrayList<>();
        Set<Digest> seen = new HashSet<>();
        AtomicLong bytes = new AtomicLong();
        Set<Digest> bundles = new HashSet<>();
        Set<Digest> level = new LinkedHashSet<>();
        from.addParts(image, level);
        while (!level.isEmpty()) {
            seen.addAll(level);
            if (seen.size() > AttachmentFinder.MAX_MANIFESTS) {
                throw tooMany(image, "there are more than " + AttachmentFinder.MAX_MANIFESTS);
            }
            // Cosign does not attach anything to a bundle with the tags of its older format.
            List<Attachments> found = from
                    .find(level, tag -> bundles.contains(tag.subject()) ? Optional.empty() : from.digestOf(tag))
                    .stream()
                    .filter(attachments -> !attachments.isEmpty())
                    .toList();
            Map<Digest, Referrers> there = to.referrers(found.stream()
                    .filter(attachments -> !attachments.referrers().isEmpty())
                    .map(Attachments::subject)
                    .toList());
            levels.add(Parallel.each(found, Parallel.PER_HOST, attachments -> {
                Missing missing = missing(attachments, there);
                if (bytes.addAndGet(missing.bytes()) > MAX_BYTES) {
                    throw tooMany(image, "their manifests are larger than " + MAX_BYTES + " bytes");
                }
                return missing;
            }));
            found.stream()
                    .flatMap(attachments -> attachments.referrers().stream())
                    .filter(referrer -> referrer.artifactType().startsWith(SignedPayload.BUNDLES))
                    .forEach(bundle -> bundles.add(bundle.digest()));
            level = next(found);
            level.removeAll(seen);
        }
        return new Plan(image, levels);
    }

    private RegistryException tooMany(Manifest image, String why) {
        return new RegistryException(
                "Cannot copy the attachments of " + from.image() + "@" + image.digest() + ": " + why);
    }

    private Missing missing(Attachments found, Map<Digest, Referrers> there)
            throws RegistryException, InterruptedException {
        List<Manifest> referrers = new ArrayList<>();
        if (!found.referrers().isEmpty()) {
            List<Digest> listed = there.get(found.subject()).all().stream()
                    .map(Descriptor::digest)
                    .toList();
            for (Descriptor referrer : found.referrers()) {
                if (!listed.contains(referrer.digest())) {
                    pullReferrer(referrer, found.subject()).ifPresent(referrers::add);
                }
            }
        }
        Map<AttachmentTag, Manifest> tags = new LinkedHashMap<>();
        for (Map.Entry<AttachmentTag, Digest> entry : found.tags().entrySet()) {
            missingOf(entry.getKey(), entry.getValue()).ifPresent(manifest -> tags.put(entry.getKey(), manifest));
        }
        return new Missing(found, List.copyOf(referrers), tags);
    }

    /**
     * Accepts a listed referrer only if its own manifest names the subject: a list under a tag may contain anything.
     */
    private Optional<Manifest> pullReferrer(Descriptor referrer, Digest subject)
            throws RegistryException, InterruptedException {
        Optional<Manifest> manifest = from.registry().pullIfPresent(from.pinned(referrer.digest()));
        if (manifest.isEmpty()) {
            notices.say("Not copied: " + referrer.digest() + " is listed as an attachment of " + subject.abbreviated()
                    + ", but is no longer in " + from.image());
        }
        return manifest.filter(m -> m.subject().map(Descriptor::digest).equals(Optional.of(subject)));
    }

    /** What cosign's tag points to, if the other side does not have it. */
    private Optional<Manifest> missingOf(AttachmentTag tag, Digest digest)
            throws RegistryException, InterruptedException {
        Optional<Digest> there = to.registry().digestOf(to.tagged(tag.tag()));
        if (there.equals(Optional.of(digest))) {
            return Optional.empty();
        }
        Optional<Manifest> manifest = from.registry().pullIfPresent(from.pinned(digest));
        if (manifest.isEmpty() || there.isEmpty()) {
            return manifest;
        }
        Optional<Manifest> other = to.registry().pullIfPresent(to.pinned(there.get()));
        return other.isPresent()
                        && CosignManifest.layersMissing(manifest.get(), other.get())
                                .isEmpty()
                ? Optional.empty()
                : manifest;
    }

    private Set<Digest> next(List<Attachments> found) throws RegistryException, InterruptedException {
        Set<Digest> next = new LinkedHashSet<>();
        for (Attachments attachments : found) {
            next.addAll(attachments.digests());
            for (Descriptor referrer : attachments.referrers()) {
                Optional<Manifest> index =
                        Manifest.isIndex(referrer.mediaType()) ? from.read(referrer.digest()) : Optional.empty();
                if (index.isPresent()) {
                    from.addParts(index.get(), next);
                }
            }
        }
        return next;
    }

    /** Some registries link a signature only to an image that already exists. */
    private void storeImage(Manifest image) throws RegistryException, InterruptedException {
        if (!to.registry().seemsToHave(to.pinned(image.digest()))) {
            to.registry().push(to.pinned(image.digest()), image);
        }
    }

    /** Returns how many of them clients will find. */
    private int copy(Missing missing, Set<String> problems) throws RegistryException, InterruptedException {
        List<Manifest> unlisted = new CopyOnWriteArrayList<>();
        List<Boolean> listed = Parallel.each(
                missing.referrers,
                Parallel.TRANSFERS,
                referrer -> isDone(problems, () -> {
                    content.copy(referrer);
                    if (!to.registry().push(to.pinned(referrer.digest()), referrer)) {
                        unlisted.add(referrer);
                    }
                }));
        boolean listable = unlisted.isEmpty() || isDone(problems, () -> list(missing, unlisted));
        List<Boolean> tagged = Parallel.each(
                missing.tags.entrySet(),
                Parallel.TRANSFERS,
                tag -> isDone(problems, () -> copyTag(tag.getKey(), tag.getValue())));
        return Collections.frequency(listed, true)
                - (listable ? 0 : unlisted.size())
                + Collections.frequency(tagged, true);
    }

    @FunctionalInterface
    private interface Write {
        void run() throws RegistryException, InterruptedException;
    }

    /** The refusal of one attachment is reported; any other failure ends the promotion before its tags move. */
    private static boolean isDone(Set<String> problems, Write write) throws RegistryException, InterruptedException {
        try {
            write.run();
            return true;
        } catch (RegistryException e) {
            boolean refused = REFUSALS.contains(e.status())
                    || e instanceof NotFoundException
                    || e.getMessage().toLowerCase(Locale.ROOT).contains("immutable");
            if (!refused) {
                throw e;
            }
            synchronized (problems) {
                problems.add(e.getMessage());
            }
            return false;
        }
    }

    /** Adds referrers to the list under the fallback tag. Reads it right before, because it cannot be locked. */
    private void list(Missing missing, List<Manifest> referrers) throws RegistryException, InterruptedException {
        Digest subject = missing.found.subject();
        Tag tag = Referrers.fallbackTag(subject);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Manifest> there = to.registry().pullIfPresent(to.tagged(tag));
            Optional<Manifest> index = there.filter(manifest -> Referrers.isList(manifest, subject));
            // Some registries answer a digest written as a tag with the image itself.
            if (there.isPresent()
                    && index.isEmpty()
                    && !subject.matches(there.get().bytes())) {
                throw new RegistryException(
                        "Cannot list the attachments of " + subject.abbreviated() + " under " + to.tagged(tag)
                                + ": this tag is used for something else",
                        REFUSED);
            }
            Optional<Manifest> more = ReferrersIndex.with(referrers, index, missing.found.index());
            if (more.isEmpty()) {
                return;
            }
            to.registry().push(to.tagged(tag), more.get());
        }
        throw changedMeanwhile(tag);
    }

    private void copyTag(AttachmentTag tag, Manifest manifest) throws RegistryException, InterruptedException {
        content.copy(manifest);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Manifest> there = to.registry().pullIfPresent(to.tagged(tag.tag()));
            Optional<CosignManifest> more = CosignManifest.merge(manifest, from, there, to, tag);
            if (more.isEmpty()) {
                return;
            }
            more.get().store(to, tag);
        }
        throw changedMeanwhile(tag.tag());
    }

    private RegistryException changedMeanwhile(Tag tag) {
        return new RegistryException("Cannot write " + to.tagged(tag) + ": others changed it " + ATTEMPTS
                + " times at the same moment; try again later");
    }
}
