package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.version.ImageVersion;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Keeps only the newest matching tags of an image, while all its tags pass once in any order. */
final class TagCollector implements Consumer<ListedTag> {

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

    private TagCollector(Optional<TagPattern> pattern, Predicate<ImageVersion> wanted, int limit) {
        this.pattern = pattern;
        this.wanted = wanted;
        this.limit = limit;
        this.kept = new PriorityQueue<>(pattern.isPresent() ? BY_VERSION : BY_PUSH);
    }

    private record Candidate(Tag tag, Optional<ImageVersion> version, Instant pushed, int arrival) {}

    /** Keeps all versions that are {@code wanted}. */
    static TagCollector of(TagPattern pattern, Predicate<ImageVersion> wanted) {
        return new TagCollector(Optional.of(pattern), wanted, Integer.MAX_VALUE);
    }

    /**
     * Keeps the {@code limit} newest: versions of {@code pattern}, or without a pattern the tags that were pushed last.
     */
    static TagCollector newest(Optional<TagPattern> pattern, int limit) {
        return new TagCollector(pattern, version -> true, limit);
    }

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

    /** The tags that were kept, newest first. */
    List<Tag> tags() {
        List<Candidate> newestFirst = new ArrayList<>(kept);
        newestFirst.sort(kept.comparator().reversed());
        return newestFirst.stream().map(Candidate::tag).toList();
    }

    /** How many tags were seen. */
    int checked() {
        return checked;
    }

    /** How many of them matched. */
    int matching() {
        return matching;
    }
}
