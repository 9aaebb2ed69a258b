package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.version.ImageVersion;
import io.jenkins.plugins.dockerpromotion.version.TagGlob;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Decides which tags of an image to delete: those that match its pattern and are not protected, not among the newest,
 * and old enough. A pure function of its input.
 */
public final class RetentionPolicy implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final int NOT_GIVEN = -1;
    private static final Pattern GLOB = Pattern.compile("[A-Za-z0-9_.*?-]{1,128}");

    private final TagPattern pattern;
    private final int keep;
    private final int olderThanDays;
    private final ArrayList<TagGlob> protect;

    /**
     * @param pattern selects and orders the tags; without one, all tags are selected and ordered by time
     * @param keep number of newest tags to keep
     * @param olderThanDays minimum age of a tag to delete
     * @param protect tags that are never deleted, by name or by glob: {@code *} matches any characters, {@code ?} one
     * @throws IllegalArgumentException in one line, if this would delete everything or a value makes no sense
     */
    public RetentionPolicy(
            Optional<TagPattern> pattern, OptionalInt keep, OptionalInt olderThanDays, List<String> protect) {
        this(pattern.orElse(null), keep.orElse(NOT_GIVEN), olderThanDays.orElse(NOT_GIVEN), globs(protect));
        if (keep.isEmpty() && olderThanDays.isEmpty()) {
            throw new IllegalArgumentException(
                    "set 'keep', 'olderThanDays' or both; without them, all tags would be deleted");
        }
        if (keep.orElse(1) < 1) {
            throw new IllegalArgumentException("'keep' must be at least 1");
        }
        if (olderThanDays.orElse(1) < 1) {
            throw new IllegalArgumentException("'olderThanDays' must be at least 1");
        }
    }

    /**
     * The decision about a tag.
     *
     * @param delete whether to delete it
     * @param reason the reason in words
     */
    public record Decision(TagFacts facts, boolean delete, String reason) {

        static Decision keep(TagFacts facts, String reason) {
            return new Decision(facts, false, reason);
        }

        static Decision delete(TagFacts facts, String reason) {
            return new Decision(facts, true, reason);
        }

        public Tag tag() {
            return facts.tag();
        }
    }

    /** A policy that keeps all tags. */
    public static RetentionPolicy keepingAll() {
        return new RetentionPolicy(null, NOT_GIVEN, NOT_GIVEN, List.of(new TagGlob("*")));
    }

    private RetentionPolicy(TagPattern pattern, int keep, int olderThanDays, List<TagGlob> protect) {
        this.pattern = pattern;
        this.keep = keep;
        this.olderThanDays = olderThanDays;
        this.protect = new ArrayList<>(protect);
    }

    /** @throws IllegalArgumentException in one line, if one of {@code protect} cannot match any tag */
    public static List<TagGlob> globs(List<String> protect) {
        for (String glob : protect) {
            if (glob == null || !GLOB.matcher(glob).matches()) {
                throw new IllegalArgumentException(
                        "'" + glob + "' in 'protect' is neither a tag nor a glob: use letters, digits, '_', '.', '-',"
                                + " '*' and '?'");
            }
        }
        return protect.stream().map(TagGlob::new).toList();
    }

    private Optional<TagGlob> protecting(Tag tag) {
        return protect.stream().filter(glob -> glob.matches(tag.value())).findFirst();
    }

    /** Whether a tag is outside this policy, by its name alone. */
    public boolean ignores(Tag tag) {
        return AttachmentTag.is(tag)
                || (pattern != null && pattern.match(tag.value()).isEmpty());
    }

    /** Those of {@code tags} whose age or digest matters; the others stay because of their names. */
    public Set<Tag> undecided(Collection<Tag> tags) {
        List<TagFacts> eligible = tags.stream()
                .filter(tag -> !ignores(tag) && protecting(tag).isEmpty())
                .map(TagFacts::named)
                .sorted(newestFirst())
                .toList();
        return eligible.stream()
                .skip(pattern == null ? 0 : Math.max(0, keep))
                .map(TagFacts::tag)
                .collect(Collectors.toSet());
    }

    /**
     * Decides about each tag that is not ignored.
     *
     * @return the newest first, then the protected ones
     */
    public List<Decision> decide(Collection<TagFacts> tags, Instant now) {
        List<Decision> decisions = new ArrayList<>();
        List<Decision> guarded = new ArrayList<>();
        int newer = 0;
        for (TagFacts facts : tags.stream().sorted(newestFirst()).toList()) {
            Optional<TagGlob> glob = protecting(facts.tag());
            if (ignores(facts.tag())) {
                continue;
            }
            if (glob.isPresent()) {
                guarded.add(Decision.keep(facts, "protected by '" + glob.get() + "'"));
            } else if (facts.problem().isPresent()) {
                decisions.add(Decision.keep(facts, facts.problem().get()));
            } else if (facts.time().isEmpty() && (pattern == null || (needsTime() && !isNewest(newer)))) {
                decisions.add(Decision.keep(facts, "its age is unknown"));
            } else {
                decisions.add(decide(facts, newer++, now));
            }
        }
        decisions.addAll(guarded);
        return List.copyOf(decisions);
    }

    private Decision decide(TagFacts facts, int newer, Instant now) {
        if (isNewest(newer)) {
            return Decision.keep(facts, keep == 1 ? "the newest" : "one of the newest " + keep);
        }
        if (olderThanDays == NOT_GIVEN) {
            return Decision.delete(facts, "not one of the newest " + keep);
        }
        boolean old = facts.time()
                .filter(t -> t.isBefore(now.minus(Duration.ofDays(olderThanDays))))
                .isPresent();
        return old
                ? Decision.delete(
                        facts, "older than " + days() + (keep == NOT_GIVEN ? "" : " and not one of the newest " + keep))
                : Decision.keep(facts, "not older than " + days());
    }

    private boolean isNewest(int newer) {
        return newer < keep;
    }

    private boolean needsTime() {
        return olderThanDays != NOT_GIVEN;
    }

    private String days() {
        return olderThanDays == 1 ? "1 day" : olderThanDays + " days";
    }

    /** Without a pattern, tags of unknown age come last, so that they do not displace tags that are known to be new. */
    private Comparator<TagFacts> newestFirst() {
        Comparator<TagFacts> byName = Comparator.comparing(f -> f.tag().value());
        if (pattern == null) {
            return Comparator.comparing((TagFacts f) -> f.time().orElse(Instant.MIN), Comparator.reverseOrder())
                    .thenComparing(byName);
        }
        Comparator<Optional<ImageVersion>> byVersion = Comparator.comparing(
                (Optional<ImageVersion> v) -> v.orElse(null), Comparator.nullsFirst(Comparator.naturalOrder()));
        return Comparator.comparing((TagFacts f) -> pattern.match(f.tag().value()), byVersion.reversed())
                .thenComparing(byName);
    }
}
