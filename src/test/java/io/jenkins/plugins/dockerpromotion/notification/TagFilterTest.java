package io.jenkins.plugins.dockerpromotion.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagFilterTest {

    @ParameterizedTest
    @CsvSource({
        "latest, latest, true",
        "latest, latest2, false",
        "1.0, 1x0, false",
        "'', anything, true",
        "*, anything, true",
        "2017.*, 2017.2.103, true",
        "2017.*, 2018.2.103, false",
        "*-rc, 1-rc, true",
        "*-rc, 1-rc2, false",
        "a*b*c, aXbXbXc, true",
        "a*b*c, aXbXbX, false",
        "{year}.{week}.{build}, 2017.2.103, true",
        "{year}.{week}.{build}, 2017x2x103, false",
        "{year}.{week}.{build}, latest, false",
        "{major}.{minor}, 1.2, true",
    })
    void matchesWholeTags(String filter, String tag, boolean expected) {
        assertThat(TagFilter.of(filter).matches(new Tag(tag))).isEqualTo(expected);
    }

    /** Otherwise a build that signs the pushed image would trigger itself forever. */
    @ParameterizedTest
    @CsvSource({
        "'', .sig, false",
        "*, .sig, false",
        "*, '', false",
        "*-*, .att, false",
        "sha*, '', false",
        "{sha}, '', false",
        "*.sig, .sig, true",
        "*.sig, .att, false",
        "sha256-*, .sbom, true",
        "sha256-*, '', true",
        "sha256-*.att, .att, true",
    })
    void tagsOfAttachmentsMatchOnlyAFilterThatNamesThem(String filter, String suffix, boolean expected) {
        for (String hex :
                List.of("sha256-" + "2d".repeat(32), "sha512-" + "2d".repeat(32), "sha512-" + "2d".repeat(58))) {
            String own = filter.replace("sha256-", hex.substring(0, 7));
            assertThat(TagFilter.of(own).matches(new Tag(hex + suffix))).as(hex).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{year}*", "a b", "{nothing}", "-x", "[a-z]+", "a\nb"})
    void refusesWhatIsNoFilter(String filter) {
        assertThatIllegalArgumentException().isThrownBy(() -> TagFilter.of(filter));
    }

    @Test
    void manyStarsAreNoWork() {
        TagFilter filter = TagFilter.of("*a".repeat(60) + "b");

        assertThat(filter.matches(new Tag("a".repeat(128)))).isFalse();
    }
}
