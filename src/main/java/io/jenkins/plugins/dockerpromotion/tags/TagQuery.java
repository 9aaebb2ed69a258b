package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.version.ImageVersion;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.Serializable;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Finds tags of an image, newest first: all of them, those of a pattern, or those of one build. Keeps only the result in
 * memory, however many other tags there are.
 */
public final class TagQuery implements Operation<TagQuery.Found> {

    private static final long serialVersionUID = 1L;

    private final ImageName image;
    private final TagPattern pattern;
    /** Null for all builds. */
    private final BigInteger build;

    private final int limit;
    private final RegistryAuthentication authentication;

    /**
     * @param pattern selects and orders the tags; without one, all tags are selected, ordered by their last push on
     *     Docker Hub and in the registry's order elsewhere
     * @param limit maximum number of tags
     * @throws IllegalArgumentException in one line, if {@code limit} is less than 1
     */
    public TagQuery(ImageName image, Optional<TagPattern> pattern, int limit) {
        this(image, pattern.orElse(null), null, limit, RegistryAuthentication.ANONYMOUS);
        if (limit < 1) {
            throw new IllegalArgumentException("'limit' must be at least 1");
        }
    }

    private TagQuery(
            ImageName image, TagPattern pattern, BigInteger build, int limit, RegistryAuthentication authentication) {
        this.image = Objects.requireNonNull(image);
        this.pattern = pattern;
        this.build = build;
        this.limit = limit;
        this.authentication = authentication;
    }

    /**
     * Finds the tags that a build gave an image.
     *
     * @param pattern with a field for the build
     * @throws IllegalArgumentException if {@code pattern} has no such field
     */
    public static TagQuery ofBuild(ImageName image, TagPattern pattern, BigInteger build) {
        return new TagQuery(
                image,
                pattern.requireBuild(),
                Objects.requireNonNull(build),
                Integer.MAX_VALUE,
                RegistryAuthentication.ANONYMOUS);
    }

    /** The same with a credential. */
    public TagQuery with(RegistryAuthentication credential) {
        return new TagQuery(image, pattern, build, limit, credential);
    }

    /**
     * The result of a query.
     *
     * @param tags newest first, at most {@code limit}
     * @param matching how many match without the limit
     * @param checked how many tags of the image were checked: all of them, unless one request found the tag of a build
     */
    public record Found(List<Tag> tags, int matching, int checked) implements Serializable {
        public Found {
            tags = List.copyOf(tags);
        }
    }

    /** The newest of tags that have been listed already. */
    public static Found newest(Collection<ListedTag> listed, Optional<TagPattern> pattern, int limit) {
        Newest found = new Newest(pattern, version -> true, limit);
        listed.forEach(found);
        return found.found();
    }

    /** Searches the tags of the image. If the pattern allows one tag only for a build, one request may be enough. */
    @Override
    public Found run(RegistryContext context) throws RegistryException, InterruptedException {
        ImageTags tags = ImageTags.toRead(image, authentication, context);
        if (build != null) {
            Optional<Tag> only = pattern.onlyTagOf(build).filter(Tag::isValid).map(Tag::new);
            if (only.isPresent() && tags.digestOf(only.get()).isPresent()) {
                return new Found(List.of(only.get()), 1, 1);
            }
        }
        // A registry that lists tags by name need not list those that start with something else.
        String beginning = build == null ? "" : pattern.beginning();
        return tags.read(this::nothingYet, beginning, some -> some.matching > 0).found();
    }

    private Newest nothingYet() {
        return new Newest(Optional.ofNullable(pattern), version -> build == null || version.isOfBuild(build), limit);
    }

    /**
     * Searches at most {@code most} tags.
     *
     * @return what was found among these
     */
    public Found readFirst(RegistryContext context, int most) throws RegistryException, InterruptedException {
        AtomicReference<Newest> reading = new AtomicReference<>();
        try {
            ImageTags.toRead(image, authentication, context).read(() -> {
                Newest newest = nothingYet();
                reading.set(newest);
                return listed -> {
                    if (newest.checked == most) {
                        throw new Enough();
                    }
                    newest.accept(listed);
                };
            });
        } catch (Enough e) {
            // The rest does not matter.
        }
        return reading.get().found();
    }

    /** Ends a listing, whose consumers have no other way to stop it. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Enough() {
            super("seen enough tags", null, false, false);
        }
    }

    /** Keeps only the newest matching tags, while all tags of an image pass once in any order. */
    static final class Newest implements Consumer<ListedTag> {

        private static final Comparator<Candidate> BY_VERSION =
                Comparator.comparing(candidate -> candidate.version.orElseThrow());

        /** If the registry does not tell when a tag was pushed, its own order counts. */
        private static final Comparator<Candidate> BY_PUSH = Comparator.<Candidate, Instant>comparing(c -> c.pushed)
                .thenComparing(c -> c.arrival, Comparator.reverseOrder());

        private final Optional<TagPattern> pattern;
        private final Predicate<ImageVersion> wanted;
        private final int limit;
        /** The oldest one first, so that it is dropped when there are too many. */
        private final PriorityQueue<Candidate> kept;

        private int checked;
        private int matching;

        Newest(Optional<TagPattern> pattern, Predicate<ImageVersion> wanted, int limit) {
            this.pattern = pattern;
            this.wanted = wanted;
            this.limit = limit;
            this.kept = new PriorityQueue<>(pattern.isPresent() ? BY_VERSION : BY_PUSH);
        }

        private record Candidate(Tag tag, Optional<ImageVersion> version, Instant pushed, int arrival) {}

        @Override
        public void accept(ListedTag listed) {
            checked++;
            Optional<ImageVersion> version =
                    pattern.flatMap(p -> p.match(listed.tag().value())).filter(wanted);
            if (pattern.isPresent() ? version.isEmpty() : AttachmentTag.is(listed.tag())) {
                return;
            }
            matching++;
            kept.add(new Candidate(listed.tag(), version, listed.pushed().orElse(Instant.MIN), checked));
            if (kept.size() > limit) {
                kept.remove();
            }
        }

        Found found() {
            List<Candidate> newestFirst = new ArrayList<>(kept);
            newestFirst.sort(kept.comparator().reversed());
            return new Found(newestFirst.stream().map(Candidate::tag).toList(), matching, checked);
        }
    }

    @Override
    public String toString() {
        return (build == null ? "the tags" : "a tag of build " + build) + " of " + image
                + (pattern == null ? "" : " (" + pattern + ")");
    }
}
