package io.jenkins.plugins.dockerpromotion.attachment;

import static io.jenkins.plugins.dockerpromotion.attachment.AttachmentFinder.each;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentFinder.Attachments;
import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.MediaTypes;
import io.jenkins.plugins.dockerpromotion.registry.Referrers;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * Copies the attachments of an image to another repository: those of the image, of each of its platforms, and of these
 * attachments in turn. Existing content is not changed, and lists under the same tag are merged.
 */
public final class AttachmentCopier {

    /** A signature and some attestations for each platform of an image make a hundred. Each is read. */
    private static final int MAX_MANIFESTS = 5_000;

    /** Total size of all manifests, which stay in memory until they are stored. */
    private static final long MAX_BYTES = 64L * 1024 * 1024;

    /** How often a tag is written again because somebody else wrote it at the same time. */
    private static final int ATTEMPTS = 5;

    /** Status codes with which a registry refuses a manifest permanently, whoever sends it. */
    private static final Set<Integer> REFUSALS = Set.of(400, 405, 406, 409, 410, 412, 413, 415, 422, 501);

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

    /**
     * The attachments of one manifest that the other repository lacks.
     *
     * @param index its list of referrers there, if there is one under the fallback tag
     */
    private record Missing(
            Attachments found, List<Manifest> referrers, Optional<Manifest> index, Map<AttachmentTag, Manifest> tags) {

        Digest subject() {
            return found.subject();
        }

        int count() {
            return referrers.size() + tags.size();
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
            int carried = 0;
            for (List<Missing> level : levels) {
                carried += carry(level, problems);
            }
            if (required && !problems.isEmpty()) {
                throw new RegistryException("Cannot copy all attachments of " + from.image() + "@" + image.digest()
                        + " to " + to.image() + ": " + String.join("; ", problems));
            }
            problems.forEach(problem -> notices.say("Not copied: " + problem));
            return carried;
        }
    }

    /** Reads both sides. The content of {@code image} need not be on the other side yet. */
    public Plan plan(Manifest image) throws RegistryException, InterruptedException {
        List<List<Missing>> levels = new ArrayList<>();
        Set<Digest> seen = new HashSet<>();
        Size size = new Size(image);
        Set<Digest> level = new LinkedHashSet<>();
        addWithChildren(image, level);
        while (!level.isEmpty()) {
            seen.addAll(level);
            size.require(seen.size() <= MAX_MANIFESTS, "there are more than " + MAX_MANIFESTS);
            List<Attachments> found = from.find(level).stream()
                    .filter(attachments -> !attachments.isEmpty())
                    .toList();
            levels.add(each(found, attachments -> missing(attachments, size)));
            level = next(found, levels.get(levels.size() - 1));
            level.removeAll(seen);
        }
        return new Plan(image, levels);
    }

    /** Limits the memory for the manifests of a plan. */
    private final class Size {
        private final Manifest image;
        private long bytes;

        Size(Manifest image) {
            this.image = image;
        }

        synchronized void add(Manifest manifest) throws RegistryException {
            bytes += manifest.bytes().length;
            require(bytes <= MAX_BYTES, "their manifests are larger than " + MAX_BYTES + " bytes");
        }

        void require(boolean fulfilled, String otherwise) throws RegistryException {
            if (!fulfilled) {
                throw new RegistryException(
                        "Cannot copy the attachments of " + from.image() + "@" + image.digest() + ": " + otherwise);
            }
        }
    }

    private Missing missing(Attachments found, Size size) throws RegistryException, InterruptedException {
        Digest subject = found.subject();
        List<Manifest> referrers = new ArrayList<>();
        Optional<Manifest> index = Optional.empty();
        if (!found.referrers().isEmpty()) {
            Referrers there = to.registry().referrers(to.pinned(subject));
            index = there.fallback();
            Set<Digest> listed = there.all().stream().map(Descriptor::digest).collect(Collectors.toSet());
            for (Descriptor referrer : found.referrers()) {
                if (!listed.contains(referrer.digest())) {
                    pullReferrer(referrer, subject).ifPresent(referrers::add);
                }
            }
        }
        Map<AttachmentTag, Manifest> tags = new LinkedHashMap<>();
        for (Map.Entry<AttachmentTag, Digest> entry : found.tags().entrySet()) {
            missingOf(entry.getKey(), entry.getValue()).ifPresent(manifest -> tags.put(entry.getKey(), manifest));
        }
        Missing missing = new Missing(found, List.copyOf(referrers), index, tags);
        for (Manifest manifest : referrers) {
            size.add(manifest);
        }
        for (Manifest manifest : tags.values()) {
            size.add(manifest);
        }
        return missing;
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

    private Set<Digest> next(List<Attachments> found, List<Missing> missing)
            throws RegistryException, InterruptedException {
        Map<Digest, Manifest> read = new LinkedHashMap<>();
        missing.forEach(m -> m.referrers.forEach(manifest -> read.put(manifest.digest(), manifest)));
        Set<Digest> next = new LinkedHashSet<>();
        for (Attachments attachments : found) {
            next.addAll(attachments.tags().values());
            for (Descriptor referrer : attachments.referrers()) {
                next.add(referrer.digest());
                if (read.containsKey(referrer.digest())) {
                    addWithChildren(read.get(referrer.digest()), next);
                } else if (MediaTypes.isIndex(referrer.mediaType())) {
                    addListed(referrer.digest(), next);
                }
            }
        }
        return next;
    }

    private void addWithChildren(Manifest manifest, Set<Digest> all) throws RegistryException, InterruptedException {
        all.add(manifest.digest());
        for (Descriptor child : manifest.children()) {
            if (MediaTypes.isIndex(child.mediaType()) && all.size() < MAX_MANIFESTS && !all.contains(child.digest())) {
                addListed(child.digest(), all);
            } else {
                all.add(child.digest());
            }
        }
    }

    private void addListed(Digest index, Set<Digest> all) throws RegistryException, InterruptedException {
        Optional<Manifest> manifest = from.registry().pullIfPresent(from.pinned(index));
        if (manifest.isPresent()) {
            addWithChildren(manifest.get(), all);
        }
    }

    /** Some registries link a signature only to an image that already exists. */
    private void storeImage(Manifest image) throws RegistryException, InterruptedException {
        if (to.registry().digestOf(to.pinned(image.digest())).isEmpty()) {
            to.registry().push(to.pinned(image.digest()), image);
        }
    }

    private int carry(List<Missing> level, Set<String> problems) throws RegistryException, InterruptedException {
        record Referrer(Missing of, Manifest manifest) {}
        List<Referrer> referrers = level.stream()
                .flatMap(missing -> missing.referrers.stream().map(manifest -> new Referrer(missing, manifest)))
                .toList();
        List<Outcome> outcomes = some(referrers, referrer -> carry(referrer.manifest, problems));
        Map<Missing, List<Manifest>> unlisted = new LinkedHashMap<>();
        for (int i = 0; i < referrers.size(); i++) {
            if (outcomes.get(i) == Outcome.UNLISTED) {
                unlisted.computeIfAbsent(referrers.get(i).of, m -> new ArrayList<>())
                        .add(referrers.get(i).manifest);
            }
        }
        some(unlisted.keySet(), missing -> list(missing, unlisted.get(missing), problems));
        List<Map.Entry<AttachmentTag, Manifest>> tags = level.stream()
                .flatMap(missing -> missing.tags.entrySet().stream())
                .toList();
        List<Outcome> tagOutcomes = some(tags, tag -> carryTag(tag.getKey(), tag.getValue(), problems));
        return (int) (outcomes.stream().filter(o -> o != Outcome.REFUSED).count()
                + tagOutcomes.stream().filter(o -> o != Outcome.REFUSED).count());
    }

    private enum Outcome {
        /** Clients will find it. */
        LISTED,
        /** Stored, but the registry does not list referrers. */
        UNLISTED,
        REFUSED
    }

    private static <T, R> List<R> some(Collection<T> things, AttachmentFinder.Request<T, R> request)
            throws RegistryException, InterruptedException {
        return Parallel.all(
                things.stream()
                        .<Callable<R>>map(thing -> () -> request.apply(thing))
                        .toList(),
                Parallel.TRANSFERS);
    }

    private Outcome carry(Manifest referrer, Set<String> problems) throws RegistryException, InterruptedException {
        try {
            content.copy(referrer);
            boolean listed = to.registry().push(to.pinned(referrer.digest()), referrer);
            return listed ? Outcome.LISTED : Outcome.UNLISTED;
        } catch (RegistryException e) {
            return refused(e, problems);
        }
    }

    /** The refusal of one attachment is reported; any other failure ends the promotion before its tags move. */
    private static Outcome refused(RegistryException e, Set<String> problems) throws RegistryException {
        boolean refused = REFUSALS.contains(e.status())
                || e instanceof NotFoundException
                || e instanceof UnmergeableException
                || e.getMessage().toLowerCase(Locale.ROOT).contains("immutable");
        if (!refused) {
            throw e;
        }
        synchronized (problems) {
            problems.add(e.getMessage());
        }
        return Outcome.REFUSED;
    }

    /** Adds referrers to the list under the fallback tag. */
    private Outcome list(Missing missing, List<Manifest> referrers, Set<String> problems)
            throws RegistryException, InterruptedException {
        Tag tag = Referrers.fallbackTag(missing.subject());
        try {
            Optional<Manifest> index = missing.index;
            if (index.isEmpty()) {
                requireUnused(tag, missing.subject());
            }
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Optional<Manifest> more = ReferrersIndex.with(referrers, index, missing.found.index());
                if (more.isEmpty()) {
                    return Outcome.LISTED;
                }
                to.registry().push(to.tagged(tag), more.get());
                index = to.registry().pullIfPresent(to.tagged(tag));
            }
            throw changedMeanwhile(tag);
        } catch (RegistryException e) {
            return refused(e, problems);
        }
    }

    private void requireUnused(Tag tag, Digest subject) throws RegistryException, InterruptedException {
        Optional<Digest> there = to.registry().digestOf(to.tagged(tag));
        if (there.isPresent() && !there.get().equals(subject)) {
            throw new UnmergeableException("Cannot list the attachments of " + subject.abbreviated() + " under "
                    + to.tagged(tag) + ": this tag is used for something else");
        }
    }

    private Outcome carryTag(AttachmentTag tag, Manifest manifest, Set<String> problems)
            throws RegistryException, InterruptedException {
        try {
            content.copy(manifest);
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Optional<Manifest> there = to.registry().pullIfPresent(to.tagged(tag.tag()));
                Optional<CosignManifest> more = CosignManifest.merge(manifest, from, there, to, tag);
                if (more.isEmpty()) {
                    return Outcome.LISTED;
                }
                more.get().store(to, tag);
            }
            throw changedMeanwhile(tag.tag());
        } catch (RegistryException e) {
            return refused(e, problems);
        }
    }

    private RegistryException changedMeanwhile(Tag tag) {
        return new RegistryException("Cannot write " + to.tagged(tag) + ": others changed it " + ATTEMPTS
                + " times at the same moment; try again later");
    }
}
