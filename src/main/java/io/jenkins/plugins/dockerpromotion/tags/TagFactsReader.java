package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageInfo;
import io.jenkins.plugins.dockerpromotion.registry.ImageInspector;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Progress;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Collects the facts that a policy needs about the tags of an image. Docker Hub's list contains all of them; elsewhere,
 * only tags are read whose names do not decide.
 */
final class TagFactsReader {

    /** After this many refusals, the reader checks that the registry does not refuse everything. */
    private static final int MAX_REFUSALS = 10;

    /** How many other tags are tried before a registry counts as one that refuses everything. */
    private static final int MAX_PROBES = 3;

    private final PruneRequest request;
    private final Troubles troubles = new Troubles();
    private final Queue<RegistryException> refusals = new ConcurrentLinkedQueue<>();
    private volatile boolean readable;
    private boolean probed;
    private volatile List<Tag> others = List.of();
    private final ImageTags tags;
    private final RegistryContext context;

    TagFactsReader(PruneRequest request, ImageTags tags, RegistryContext context) {
        this.request = request;
        this.tags = tags;
        this.context = context;
    }

    /** Keeps the details of the tags within the policy, and the names of the others. */
    static final class Listing implements Consumer<ListedTag> {

        private final RetentionPolicy policy;
        private final Map<Tag, TagFacts> facts = new HashMap<>();
        private final Set<Tag> ignored = new LinkedHashSet<>();
        private final Set<Digest> needed = new HashSet<>();

        Listing(RetentionPolicy policy) {
            this.policy = policy;
        }

        @Override
        public void accept(ListedTag listed) {
            if (policy.ignores(listed.tag())) {
                ignored.add(listed.tag());
                needed.addAll(listed.platforms().keySet());
            } else {
                facts.put(
                        listed.tag(), new TagFacts(listed.tag(), listed.digest(), listed.pushed(), listed.platforms()));
            }
        }

        /** Tags outside the policy. */
        Set<Tag> ignored() {
            return ignored;
        }

        /** The digests that such tags are known to need. */
        Set<Digest> needed() {
            return needed;
        }

        List<TagFacts> facts() {
            return List.copyOf(facts.values());
        }
    }

    /** @throws RegistryException also if not all tags could be listed; nothing may be deleted then */
    Listing read() throws RegistryException, InterruptedException {
        Listing listing = tags.read(() -> new Listing(request.policy()));
        Set<Tag> undecided = request.policy().undecided(listing.facts.keySet());
        others = Stream.concat(listing.facts.keySet().stream(), listing.ignored.stream())
                .filter(tag -> !undecided.contains(tag))
                .toList();
        Progress progress = Progress.ofTags(context, "checked", undecided.size());
        List<TagFacts> found = new ArrayList<>();
        Parallel.each(undecided, Parallel.PER_HOST, tag -> {
                    Optional<TagFacts> read = readIfPossible(listing.facts.get(tag));
                    progress.add(1);
                    return read;
                })
                .forEach(read -> read.ifPresent(found::add));
        if (!refusals.isEmpty()) {
            requireReadable();
        }
        listing.facts.keySet().removeAll(undecided);
        found.forEach(facts -> listing.facts.put(facts.tag(), facts));
        return listing;
    }

    /**
     * Empty if the tag was deleted since it was listed. A tag whose image cannot be read stays, and does not stop the
     * others.
     */
    private Optional<TagFacts> readIfPossible(TagFacts known) throws RegistryException, InterruptedException {
        try {
            Optional<TagFacts> found = read(known);
            readable |= found.isPresent();
            return found;
        } catch (RegistryException e) {
            if (troubles.concernAllTags(e)) {
                throw e;
            }
            if (e instanceof UnauthorizedException) {
                refusals.add(e);
            }
            if (refusals.size() > MAX_REFUSALS) {
                requireReadable();
            }
            return Optional.of(TagFacts.unreadable(known.tag(), Troubles.reason(e)));
        }
    }

    /**
     * Fails if the registry refuses every image: the credentials are the cause then, not the images. If no image was
     * read, it tries tags that the policy keeps by their names, once: other threads wait for the result.
     */
    private synchronized void requireReadable() throws RegistryException, InterruptedException {
        int probes = probed ? 0 : Math.min(MAX_PROBES, others.size());
        probed = true;
        for (int i = 0; !readable && i < probes; i++) {
            try {
                readable = tags.digestOf(others.get(i)).isPresent();
            } catch (RegistryException e) {
                // The next one may be readable.
            }
        }
        if (!readable) {
            throw refusals.element();
        }
    }

    private Optional<TagFacts> read(TagFacts known) throws RegistryException, InterruptedException {
        if (known.time().isPresent()) {
            return known.digest().isPresent()
                    ? Optional.of(known)
                    : tags.digestOf(known.tag())
                            .map(digest -> new TagFacts(known.tag(), Optional.of(digest), known.time(), known.parts()));
        }
        try {
            ImageInfo info = ImageInspector.of(tags.registry()).inspect(tags.reference(known.tag()));
            return Optional.of(
                    new TagFacts(known.tag(), Optional.of(Digest.parse(info.digest())), info.createdAt(), sizes(info)));
        } catch (NotFoundException e) {
            // Either the tag is gone, or a part of its image is. An image that cannot be read has no age, so its tag
            // stays.
            return tags.digestOf(known.tag())
                    .map(digest -> new TagFacts(known.tag(), Optional.of(digest), Optional.empty(), Map.of()));
        }
    }

    private static Map<Digest, Long> sizes(ImageInfo info) {
        return info.platforms().isEmpty()
                ? Map.of(Digest.parse(info.digest()), info.size())
                : info.platforms().stream()
                        .collect(Collectors.toMap(
                                p -> Digest.parse(p.digest()), ImageInfo.Platform::size, (one, same) -> one));
    }
}
