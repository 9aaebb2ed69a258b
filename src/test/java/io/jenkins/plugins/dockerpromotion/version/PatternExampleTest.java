package io.jenkins.plugins.dockerpromotion.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatternExampleTest {

    private static final Instant MOMENT = Instant.parse("2017-01-09T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "{year}.{week}.{build},                2017.2.103,       2017x2x103",
        "{year}{month}{day}-{build},           20170109-103,     20170109x103",
        "{major}.{minor}.{patch}{prerelease},  1.4.2-rc.1,       1x4x2-rcx1",
        "{build}-{sha},                        103-0a1b2c3d4e5f, 103x0a1b2c3d4e5f",
        "{build},                              103,              x103",
        "v.{build},                            v.103,            vx103",
    })
    void showsWhatThePatternMatchesAndWhatItDoesNot(String pattern, String tag, String other) {
        assertThat(PatternExample.of(pattern, MOMENT)).contains(new PatternExample(tag, other));
        assertThat(TagPattern.of(pattern).match(tag)).isPresent();
        assertThat(TagPattern.of(pattern).match(other)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{week}.{build}", "{year}.{week}.{day}.{build}"})
    void hasNoneWhereNoVersionCanBeMade(String pattern) {
        assertThat(PatternExample.of(pattern, MOMENT)).isEmpty();
    }

    @Test
    void refusesWhatIsNoPattern() {
        assertThatIllegalArgumentException().isThrownBy(() -> PatternExample.of("{major}{minor}", MOMENT));
    }
}
