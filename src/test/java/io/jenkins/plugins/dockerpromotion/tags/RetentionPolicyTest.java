package io.jenkins.plugins.dockerpromotion.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.tags.RetentionPolicy.Decision;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionPolicyTest {

    private static final Instant NOW = Instant.parse("2019-05-20T08:00:00Z");
    private static final String ATTACHMENT = "sha256-" + "a".repeat(64);

    private static RetentionPolicy policy(String pattern, Integer keep, Integer days, String... protect) {
        return new RetentionPolicy(
                Optional.ofNullable(pattern).map(TagPattern::of),
                keep == null ? OptionalInt.empty() : OptionalInt.of(keep),
                days == null ? OptionalInt.empty() : OptionalInt.of(days),
                List.of(protect));
    }

    private static TagFacts tag(String name, int days) {
        return new TagFacts(new Tag(name), Optional.empty(), Optional.of(NOW.minus(Duration.ofDays(days))), Map.of());
    }

    private static List<String> deleted(RetentionPolicy policy, TagFacts... tags) {
        return policy.decide(List.of(tags), NOW).stream()
                .filter(Decision::delete)
                .map(d -> d.tag().value())
                .toList();
    }

    private static String reason(RetentionPolicy policy, String tag, TagFacts... tags) {
        return policy.decide(List.of(tags), NOW).stream()
                .filter(d -> d.tag().value().equals(tag))
                .map(Decision::reason)
                .findFirst()
                .orElse("untouched");
    }

    @Test
    void keepsTheNewestByVersionAndNotByTime() {
        RetentionPolicy policy = policy("{year}.{week}.{build}", 2, null);
        TagFacts[] tags = {tag("2017.9.1", 1), tag("2017.10.1", 50), tag("2017.10.2", 60), tag("2016.52.9", 2)};

        assertThat(deleted(policy, tags)).containsExactly("2017.9.1", "2016.52.9");
        assertThat(reason(policy, "2017.10.1", tags)).isEqualTo("one of the newest 2");
        assertThat(reason(policy, "2017.9.1", tags)).isEqualTo("not one of the newest 2");
    }

    @Test
    void keepsTheNewestByTimeWithoutAPattern() {
        assertThat(deleted(policy(null, 1, null), tag("b", 3), tag("a", 1), tag("c", 2)))
                .containsExactly("c", "b");
    }

    @Test
    void deletesByAgeAlone() {
        RetentionPolicy policy = policy(null, null, 30);
        assertThat(deleted(policy, tag("old", 31), tag("edge", 30), tag("new", 1)))
                .containsExactly("old");
        assertThat(reason(policy, "edge", tag("edge", 30))).isEqualTo("not older than 30 days");
    }

    @Test
    void deletesOnlyWhatBothAllow() {
        RetentionPolicy policy = policy("{build}", 1, 30);
        assertThat(deleted(policy, tag("3", 100), tag("2", 100), tag("1", 5))).containsExactly("2");
    }

    @Test
    void keepsWhatHasNoAgeOrAMadeUpOne() {
        TagFacts unknown = TagFacts.named(new Tag("1"));
        TagFacts epoch = new TagFacts(new Tag("2"), Optional.empty(), Optional.of(Instant.EPOCH), Map.of());
        RetentionPolicy byAge = policy("{build}", null, 1);

        assertThat(deleted(byAge, unknown, epoch, tag("3", 5))).containsExactly("3");
        assertThat(reason(byAge, "2", epoch)).isEqualTo("its age is unknown");
        assertThat(deleted(policy(null, 1, null), unknown, tag("3", 5), tag("4", 6)))
                .containsExactly("4");
        assertThat(deleted(policy("{build}", 1, null), unknown, tag("3", 5))).containsExactly("1");
    }

    @Test
    void leavesOtherTagsAlone() {
        RetentionPolicy policy = policy("{build}", 1, null);
        TagFacts[] tags = {tag("2", 1), tag("1", 1), tag("v1", 99), tag(ATTACHMENT, 99), tag(ATTACHMENT + ".sig", 99)};
        assertThat(deleted(policy, tags)).containsExactly("1");
        assertThat(reason(policy, "v1", tags)).isEqualTo("untouched");
        assertThat(deleted(policy(null, null, 1), tags)).containsExactly("v1");
    }

    @Test
    void doesNotCountProtectedTagsAmongTheNewest() {
        RetentionPolicy policy = policy("{build}", 1, null, "4*");
        TagFacts[] tags = {tag("42", 1), tag("41", 1), tag("3", 1), tag("2", 1)};
        assertThat(deleted(policy, tags)).containsExactly("2");
        assertThat(reason(policy, "42", tags)).isEqualTo("protected by '4*'");
    }

    @ParameterizedTest
    @CsvSource({
        "latest, latest, true",
        "latest, latest2, false",
        "*-rc, 1-rc, true",
        "*-rc, 1-rc1, false",
        "1.?, 1.2, true",
        "1.?, 1x2, false",
        "1.?, 1.22, false",
        "*a*b, xaxxb, true",
        "*a*b, xb, false",
        "*, anything, true"
    })
    void protectsByNameAndGlob(String glob, String tag, boolean covered) {
        assertThat(reason(policy(null, 1, null, glob), tag, tag(tag, 1)))
                .isEqualTo(covered ? "protected by '" + glob + "'" : "the newest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "[a-z]", "a/b"})
    void refusesWhatCanProtectNoTag(String glob) {
        assertThatThrownBy(() -> RetentionPolicy.globs(List.of(glob))).hasMessageContaining("'protect'");
    }

    @Test
    void refusesToDeleteEverything() {
        assertThatThrownBy(() -> policy(null, null, null)).hasMessageContaining("all tags would be deleted");
        assertThatThrownBy(() -> policy(null, 0, null)).hasMessageContaining("'keep' must be at least 1");
        assertThatThrownBy(() -> policy(null, null, 0)).hasMessageContaining("'olderThanDays' must be at least 1");
    }

    @Test
    void holdsWhateverTheTags() {
        Random random = new Random(42);
        for (int run = 0; run < 500; run++) {
            List<TagFacts> tags = randomTags(random);
            Integer keep = random.nextInt(3) == 0 ? null : 1 + random.nextInt(8);
            Integer days = keep == null || random.nextBoolean() ? Integer.valueOf(1 + random.nextInt(40)) : null;
            String pattern = random.nextBoolean() ? "{build}" : null;
            List<Decision> plan = policy(pattern, keep, days, "7*", "latest").decide(tags, NOW);
            List<TagFacts> going =
                    plan.stream().filter(Decision::delete).map(Decision::facts).toList();
            Set<Tag> eligible = tags.stream()
                    .map(TagFacts::tag)
                    .filter(t -> pattern == null || t.value().matches("[0-9]+"))
                    .filter(t -> !t.value().startsWith("7") && !t.equals(Tag.LATEST))
                    .collect(Collectors.toSet());

            assertThat(going).extracting(TagFacts::tag).isSubsetOf(eligible);
            assertThat(plan).extracting(Decision::tag).doesNotHaveDuplicates();
            if (days != null) {
                assertThat(going).allMatch(f -> f.time().orElseThrow().isBefore(NOW.minus(Duration.ofDays(days))));
            }
            if (keep != null) {
                assertThat(eligible.size() - going.size()).isGreaterThanOrEqualTo(Math.min(keep, eligible.size()));
            }
            if (keep != null && pattern != null) {
                long lowestKept = eligible.stream()
                        .map(t -> Long.valueOf(t.value()))
                        .sorted((a, b) -> Long.compare(b, a))
                        .skip(keep - 1)
                        .findFirst()
                        .orElse(-1L);
                assertThat(going).allMatch(f -> Long.parseLong(f.tag().value()) < lowestKept);
            }
        }
    }

    private static List<TagFacts> randomTags(Random random) {
        List<TagFacts> tags = new ArrayList<>();
        Stream<String> names = Stream.concat(
                Stream.of("latest", "stable", "v1"),
                IntStream.range(0, random.nextInt(30)).mapToObj(Integer::toString));
        names.forEach(name ->
                tags.add(random.nextInt(5) == 0 ? TagFacts.named(new Tag(name)) : tag(name, random.nextInt(60))));
        return tags;
    }
}
