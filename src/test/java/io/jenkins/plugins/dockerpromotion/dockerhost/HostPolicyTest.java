package io.jenkins.plugins.dockerpromotion.dockerhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jenkins.plugins.dockerpromotion.dockerhost.HostObject.Kind;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostPolicy.Busy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPolicyTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private static HostPolicy policy(Duration age, Duration oldestBuild, String... images) {
        return new HostPolicy(age, true, true, false, new Busy(NOW.minus(oldestBuild), NOW, Set.of(images)), Map.of());
    }

    private static HostObject image(String id, Duration ago, boolean needed) {
        return new HostObject(Kind.IMAGE, id, id, List.of(id), NOW.minus(ago), 1, needed);
    }

    @ParameterizedTest
    @CsvSource({
        "3, 1, true",
        "1, 0, false", // used more recently than the age
        "2, 0, false", // used exactly the age ago
        "3, 4, false", // used after the oldest build began
        "3, 3, false", // used at the moment the oldest build began
    })
    void removesWhatIsOlderThanTheAgeAndThanTheOldestBuild(int usedHoursAgo, int buildHoursAgo, boolean goes) {
        HostPolicy policy = policy(Duration.ofHours(2), Duration.ofHours(buildHoursAgo));
        assertThat(policy.removes(image("a", Duration.ofHours(usedHoursAgo), false), NOW))
                .isEqualTo(goes);
    }

    @ParameterizedTest
    @CsvSource({
        "-10, 5, false", // used five minutes after the build began, by the clock of the host
        "-10, -5, true",
        "10, 5, false",
        "10, -5, true", // a clock that is ahead is not corrected
    })
    void knowsThatTheClockOfTheHostMayBeBehind(int clockMinutes, int usedMinutesAfterBegin, boolean goes) {
        Duration ahead = Duration.ofMinutes(clockMinutes);
        Instant begin = NOW.minus(Duration.ofHours(3)).plus(ahead.isNegative() ? ahead : Duration.ZERO);
        HostObject image =
                image("a", Duration.between(begin.plus(Duration.ofMinutes(usedMinutesAfterBegin)), NOW), false);

        assertThat(policy(Duration.ofHours(2), Duration.ofHours(3)).removes(image, NOW.plus(ahead)))
                .isEqualTo(goes);
    }

    @Test
    void keepsWhatIsNeededOrKnownToBeABuildsHoweverOld() {
        HostPolicy policy = policy(Duration.ZERO, Duration.ZERO, "sha256:base");
        Duration years = Duration.ofDays(1000);
        assertThat(policy.removes(image("sha256:base", years, false), NOW)).isFalse();
        assertThat(policy.removes(image("x", years, true), NOW)).isFalse();
        assertThat(policy.removes(image("x", years, false), NOW)).isTrue();
        HostObject undated = new HostObject(Kind.IMAGE, "x", "x", List.of(), HostObject.UNKNOWN, 1, false);
        assertThat(policy.removes(undated, NOW)).isFalse();
    }

    @Test
    void neverRemovesWhatARunningBuildMayUse() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            Duration age = Duration.ofMinutes(random.nextInt(300));
            Duration build = Duration.ofMinutes(random.nextInt(300));
            Duration used = Duration.ofMinutes(random.nextInt(300));
            boolean known = random.nextInt(10) == 0;
            HostPolicy policy = known ? policy(age, build, "image") : policy(age, build);
            assertThat(policy.removes(image("image", used, false), NOW))
                    .as("used %s ago, age %s, oldest build %s ago, known %s", used, age, build, known)
                    .isEqualTo(!known && used.compareTo(age) > 0 && used.compareTo(build) > 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"90m, PT1H30M", "2h, PT2H", "7d, PT168H", "1d12h, PT36H", "0s, PT0S", "1h30m10s, PT1H30M10S"})
    void readsAges(String text, Duration expected) {
        assertThat(HostPolicy.parseAge(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {" ", "2", "h", "2 h", "-2h", "2h1d", "1.5h", "2h; rm", "999999d", "2w"})
    void refusesWhatIsNoAge(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostPolicy.parseAge(text))
                .withMessageContaining("is not an age such as 90m, 2h, 7d or 1d12h");
    }
}
