package io.jenkins.plugins.dockerpromotion.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagGlobTest {

    @ParameterizedTest
    @CsvSource({
        "latest, latest, true",
        "latest, latest1, false",
        "latest, lates, false",
        "*, anything, true",
        "*-rc, 1.0-rc, true",
        "*-rc, -rc, true",
        "*-rc, 1.0-rc1, false",
        "1.*, 1.0, true",
        "1.*, 1x0, false",
        "1.?, 1.0, true",
        "1.?, 1., false",
        "1.?, 1.10, false",
        "a*b*c, a-b-b-c, true",
        "a*b*c, a-c-b, false",
        "a**, a, true",
    })
    void matchesWholeTags(String glob, String tag, boolean expected) {
        assertThat(new TagGlob(glob).matches(tag)).isEqualTo(expected);
    }

    @Test
    void takesNoLongerForManyStars() {
        TagGlob glob = new TagGlob("*a".repeat(60) + "b");
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(glob.matches("a".repeat(128))).isFalse());
    }
}
