package io.jenkins.plugins.dockerpromotion.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GivenVersionsTest {

    private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

    private static VersionRequest request(Instant moment, long build, boolean bump, String... values) {
        VersionTemplate template = VersionTemplate.of(
                TagPattern.DEFAULT + (values.length == 0 ? "" : "{prerelease}"),
                moment,
                ZoneOffset.UTC,
                VersionValues.parse(List.of(values)));
        return new VersionRequest(template, BigInteger.valueOf(build), bump);
    }

    private static GivenVersions give(GivenVersions given, String holder, VersionRequest request) {
        return given.with(
                holder, request, given.decide(request, request.usedVersions()).version());
    }

    @Test
    void aBuildThatAsksAgainHasItsVersionAlsoInTheNextWeek() {
        GivenVersions given = give(GivenVersions.none(), "app #103", request(START, 103, false));
        VersionRequest later = request(START.plus(Duration.ofDays(7)), 103, true);

        assertThat(given.of("app #103", later)).contains("2026.47.103");
        assertThat(given.of("other #103", later)).isEmpty();
        assertThat(given.of("app #103", request(START, 104, false))).isEmpty();
        assertThat(given.of("app #103", request(START, 103, false, "prerelease=rc")))
                .isEmpty();
    }

    @Test
    void saysThatABuildHasTheVersionButNotWhose() {
        GivenVersions given = give(GivenVersions.none(), "app #103", request(START, 103, false));
        VersionRequest other = request(START, 103, false);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> given.decide(other, other.usedVersions()))
                .withMessageStartingWith("build 103 already has the version 2026.47.103 (reserved)");
    }

    @Test
    void remembersOfWhatItForgetsWhatMustNotComeAgain() {
        GivenVersions given = GivenVersions.none();
        for (int build = 1; build <= GivenVersions.REMEMBERED + 2; build++) {
            given = give(given, "app #" + build, request(START, build, false));
        }
        GivenVersions full = given;
        Instant nextWeek = START.plus(Duration.ofDays(7));

        assertThat(full.of("app #2", request(START, 2, false))).isEmpty();
        assertThat(full.of("app #3", request(START, 3, false))).contains("2026.47.3");
        VersionRequest forgotten = request(nextWeek, 1, false);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> full.decide(forgotten, forgotten.usedVersions()))
                .withMessageStartingWith("build numbers up to 2 are already used, and the newest version is");
        VersionRequest bumped = request(nextWeek, 1, true);
        assertThat(full.decide(bumped, bumped.usedVersions()).version()).isEqualTo("2026.48.53");
    }

    @Test
    void neverRepeatsAndNeverDecreasesWhateverIsAsked() {
        Random random = new Random(47);
        TagPattern pattern = TagPattern.of(TagPattern.DEFAULT);
        GivenVersions given = GivenVersions.none();
        List<String> tags = new ArrayList<>();
        Set<BigInteger> builds = new HashSet<>();
        ImageVersion newest = null;
        Instant moment = START;
        for (int i = 0; i < 3000; i++) {
            moment = moment.plus(Duration.ofHours(random.nextInt(60)));
            VersionRequest request = request(moment, random.nextInt(i + 5), random.nextBoolean());
            UsedVersions used = request.usedVersions();
            tags.forEach(used::add);
            try {
                String version = given.decide(request, used).version();
                given = given.with("build " + i, request, version);
                ImageVersion read = pattern.match(version).orElseThrow();
                assertThat(builds.add(read.build().orElseThrow())).as(version).isTrue();
                if (newest != null) {
                    assertThat(read).isGreaterThan(newest);
                }
                newest = read;
                // Some builds fail before they push an image, and some tags are pruned.
                if (random.nextInt(4) > 0) {
                    tags.add(version);
                }
                if (tags.size() > 20) {
                    tags.remove(random.nextInt(tags.size()));
                }
            } catch (IllegalArgumentException e) {
                assertThat(request.bump()).as(e.getMessage()).isFalse();
            }
        }
        assertThat(builds).hasSizeGreaterThan(1000);
    }
}
