package io.jenkins.plugins.dockerpromotion.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagPatternTest {

    private static final BigInteger BUILD = BigInteger.valueOf(103);

    @ParameterizedTest
    @CsvSource({
        "{year}.{week}.{build},          2017.2.103,            true",
        "{year}.{week}.{build},          2017.02.103,           true",
        "{year}.{week}.{build},          2017.2.1030,           false",
        "{year}.{week}.{build},          2017.2.2103,           false",
        "{year}.{week}.{build},          2017.2.0103,           false",
        "{year}.{week}.{build},          2017x2y103,            false",
        "{year}.{week}.{build},          2017.2.103-rc,         false",
        "{year}.{week}.{build},          v2017.2.103,           false",
        "{year}.{week}.{build},          2017.54.103,           false",
        "{year}.{week}.{build},          2017.002.103,          false",
        "{year}.{week}.{build},          17.2.103,              false",
        "{year}.{week}.{build},          2017.2.१०३,            false",
        "v{major}.{minor}.{patch}-{build}, v1.20.3-103,         true",
        "v{major}.{minor}.{patch}-{build}, v1.020.3-103,        false",
        "{year}{month}{day}-{build},     20170109-103,          true",
        "{year}{month}{day}-{build},     2017109-103,           false",
        "{year}{month}{day}-{build},     20171301-103,          false",
        "{year}{build},                  2017103,               true",
        "{build}{week},                  10302,                 true",
        "{week}1{build},                 021103,                true",
        "{week}1{build},                 21103,                 false",
        "{build}-{sha},                  103-0a1b2c3,           true",
        "{build}-{sha},                  103-0A1B2C3,           false",
        "{build}-{sha},                  103-latest,            false",
        "{sha}a{build},                  abababaa103,           true",
        "build_{build}-rc,               build_103-rc,          true",
        "build_{build}-rc,               build_103-r,           false",
        "1.4.{build},                    1.4.103,               true",
        "1.4.{build},                    1x4.103,               false",
        "1.4.{build}{prerelease},        1.4.103-rc.1,          true",
        "1.4.{build}{prerelease},        1.4.103,               true",
        "1.4.{build}{prerelease},        1.4.103-,              false",
        "1.4.{build}{prerelease},        1.4.103-rc..1,         false",
        "1.4.{build}{prerelease},        1.4.103-rc.01,         false",
        "1.4.{build}{prerelease},        1.4.103-0a.-.01x,      true",
        "1.4.{build}{prerelease},        1.4.1030-rc.1,         false",
    })
    void matchesWholeTagsOfTheBuild(String pattern, String tag, boolean expected) {
        assertThat(TagPattern.of(pattern).requireBuild().match(tag).filter(version -> version.isOfBuild(BUILD)))
                .matches(found -> found.isPresent() == expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{year}.{wek}.{build}   | there is no field {wek}; the fields are year, month, week, day, build",
                "{year}.{year}.{build}  | {year} occurs twice",
                "{build}{major}         | it is ambiguous where {build} ends and {major} begins",
                "{build}1{major}        | it is ambiguous where {build} ends and {major} begins",
                "{sha}{build}           | it is ambiguous where {sha} ends and {build} begins",
                "{year}/{build}         | contains a character that is not allowed",
                "{year} {build}         | contains a character that is not allowed",
                "{build                 | the brace at position 1 is not matched",
                "a}{build}              | the brace at position 2 is not matched",
                "{}                     | there is no field {}",
                "latest                 | it has no field",
                "{prerelease}           | {prerelease} must be at the end, after the version",
                "{build}{prerelease}-x  | {prerelease} must be at the end, after the version",
                "{build}-{prerelease}   | {prerelease} includes its hyphen",
                ".{build}               | a tag cannot begin with '.'",
                "''                     | it is empty",
            })
    void refusesWhatCannotBeAPattern(String pattern, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TagPattern.of(pattern))
                .withMessageStartingWith("The pattern '" + pattern + "' cannot be used: ")
                .withMessageContaining(why)
                .withMessageEndingWith(".");
    }

    @Test
    void saysThatABuildCannotBeFoundWithoutItsField() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TagPattern.of("{year}.{week}").requireBuild())
                .withMessage("The pattern '{year}.{week}' has no field {build}, so it cannot find a build.");
    }

    @ParameterizedTest
    @CsvSource({
        "'v?\\d+\\.\\d+\\.(?<build>\\d+)', 2017.2.103,   true",
        "'v?\\d+\\.\\d+\\.(?<build>\\d+)', v2017.2.103,  true",
        "'v?\\d+\\.\\d+\\.(?<build>\\d+)', 2017.2.1030,  false",
        "'(?<build>\\d+)',                 2017.2.103,   false",
        "'(?<build>\\d+).*',               1030,         false",
        "'(?<build>.+)',                   x103,         false",
        "'(?x) b (?<build>\\d+) # end',    b103,         true",
        "'(a(?<build>\\d+)|b\\d+)',        b103,         false",
    })
    void anExpressionMatchesTheWholeTag(String regex, String tag, boolean expected) {
        assertThat(TagPattern.regex(regex).match(tag).filter(version -> version.isOfBuild(BUILD)))
                .matches(found -> found.isPresent() == expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(?<build>\\d+        | Unclosed group near position",
                "[(?<build>\\d+)      | near position",
            })
    void refusesAnExpressionThatCannotBeUsed(String regex, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TagPattern.regex(regex))
                .withMessageStartingWith("The regular expression '" + regex + "' cannot be used: ")
                .withMessageContaining(why);
    }

    @Test
    void findsNoBuildByAnExpressionWithoutOne() {
        TagPattern pattern = TagPattern.regex("v(\\d+)-(\\d+)");
        assertThat(pattern.match("v1-2")).isPresent();
        assertThatIllegalArgumentException()
                .isThrownBy(pattern::requireBuild)
                .withMessage("The regular expression 'v(\\d+)-(\\d+)' has no group (?<build>...) around the build"
                        + " number, so it cannot find a build.");
    }

    @Test
    void ordersByNumberAndNotByText() {
        assertThat(tags("{year}.{week}.{build}", "2017.9.103", "2017.10.103", "latest", "2016.52.9999", "2017.10.99"))
                .containsExactly("2017.10.103", "2017.10.99", "2017.9.103", "2016.52.9999");
        assertThat(tags("{major}.{minor}.{patch}", "1.9.0", "1.10.0", "0.99.99", "10.0.0", "2.0.0"))
                .containsExactly("10.0.0", "2.0.0", "1.10.0", "1.9.0", "0.99.99");
    }

    /** The examples of semver.org, section 11, and a few edge cases. */
    @Test
    void ordersSemanticVersions() {
        String[] newestFirst = {
            "2.1.1",
            "2.1.0",
            "2.0.0",
            "1.10.0-0",
            "1.0.0",
            "1.0.0-rc.1",
            "1.0.0-beta.11",
            "1.0.0-beta.2",
            "1.0.0-beta",
            "1.0.0-alpha.beta",
            "1.0.0-alpha.1",
            "1.0.0-alpha",
            "1.0.0-Alpha",
            "1.0.0--",
            "1.0.0-99999999999999999999",
            "1.0.0-10",
            "1.0.0-9",
            "0.9.9"
        };
        List<String> shuffled = new ArrayList<>(List.of(newestFirst));
        Collections.shuffle(shuffled, new Random(11));
        assertThat(tags("{major}.{minor}.{patch}{prerelease}", shuffled.toArray(String[]::new)))
                .containsExactly(newestFirst);
        assertThat(tags(
                        TagPattern.regex("v(?<major>\\d+)-(?<build>\\d+)(?<prerelease>-.*)?"),
                        "v1-3",
                        "v1-3-rc.10",
                        "v1-3-rc.9"))
                .containsExactly("v1-3", "v1-3-rc.10", "v1-3-rc.9");
    }

    @Test
    void withoutABuildItListsAndOrdersAllTheSame() {
        assertThat(tags("{year}{month}{day}-{sha}", "20170109-0a1b2c3", "20170108-ffffffff", "20170109", "latest"))
                .containsExactly("20170109-0a1b2c3", "20170108-ffffffff");
        assertThat(tags("{sha}", "0a1b2c3", "latest", "fffffff")).containsExactlyInAnyOrder("0a1b2c3", "fffffff");
        assertThat(TagPattern.of("{sha}").isOrdered()).isFalse();
        assertThat(TagPattern.of("1{prerelease}").isOrdered()).isTrue();
    }

    @Test
    void aYearWeighsMoreThanItsDaysWhereverItStands() {
        assertThat(tags("{day}.{month}.{year}-{build}", "31.1.2016-5", "1.2.2017-4", "2.1.2017-9", "1.2.2017-5"))
                .containsExactly("1.2.2017-5", "1.2.2017-4", "2.1.2017-9", "31.1.2016-5");
    }

    @Test
    void ordersNumbersOfAnyLength() {
        String huge = "9".repeat(100);
        assertThat(tags("{year}.{week}.{build}", "2017.1." + huge, "2017.1.1" + huge, "2017.1.9223372036854775808"))
                .containsExactly("2017.1.1" + huge, "2017.1." + huge, "2017.1.9223372036854775808");
    }

    @Test
    void anExpressionOrdersByItsGroupsAndElseByEveryNumber() {
        String[] tags = {"2017.9-r7-b103", "2017.10-r3-b103", "2017.10-r4-b103"};
        assertThat(tags(TagPattern.regex("\\d+\\.\\d+-r\\d-b(?<build>\\d+)"), tags))
                .containsExactly("2017.10-r4-b103", "2017.10-r3-b103", "2017.9-r7-b103");
        assertThat(tags(TagPattern.regex("(?<year>\\d+)\\.\\d+-r(?<patch>\\d)-b(?<build>\\d+)"), tags))
                .containsExactly("2017.9-r7-b103", "2017.10-r4-b103", "2017.10-r3-b103");
    }

    @Test
    void equalNumbersAreOrderedByTheTag() {
        ImageVersion padded =
                TagPattern.of("{year}.{week}.{build}").match("2017.05.1").orElseThrow();
        ImageVersion plain =
                TagPattern.of("{year}.{week}.{build}").match("2017.5.1").orElseThrow();
        assertThat(padded).isLessThan(plain).isNotEqualTo(plain);
        assertThat(padded.numbers()).isEqualTo(plain.numbers());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a+)+(?<build>\\d+)",
                "(a|a)*(?<build>\\d+)",
                "(.*)*(?<build>\\d+)",
                "(\\w+\\s?)+(?<build>\\d+)",
                "(a|aa)+$(?<build>\\d+)",
                "((a*)*)*(?<build>\\d+)",
            })
    void aRunawayExpressionIsCutOff(String regex) {
        TagPattern pattern = TagPattern.regex(regex);
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            try {
                assertThat(pattern.match("a".repeat(120) + "!")).isEmpty();
            } catch (IllegalArgumentException e) {
                assertThat(e)
                        .hasMessageStartingWith("The regular expression '" + regex + "' takes too long on the tag");
            }
        });
    }

    @Test
    void longTextsAreNoTags() {
        assertThat(TagPattern.of("{build}").match("1".repeat(128))).isPresent();
        assertThat(TagPattern.of("{build}").match("1".repeat(129))).isEmpty();
    }

    @Test
    void crossesTheChannel() throws Exception {
        TagPattern pattern = TagPattern.of("{year}.{week}.{build}");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(pattern);
            out.writeObject(pattern.match("2017.2.103").orElseThrow());
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((TagPattern) in.readObject()).match("2017.2.103")).contains((ImageVersion) in.readObject());
        }
    }

    private static List<String> tags(String pattern, String... tags) {
        return tags(TagPattern.of(pattern), tags);
    }

    /** Returns the matching tags, newest first. */
    private static List<String> tags(TagPattern pattern, String... tags) {
        return Stream.of(tags)
                .flatMap(tag -> pattern.match(tag).stream())
                .sorted(Comparator.reverseOrder())
                .map(ImageVersion::tag)
                .toList();
    }
}
