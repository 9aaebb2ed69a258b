package io.jenkins.plugins.dockerpromotion.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionTemplateTest {

    private static final BigInteger BUILD = BigInteger.valueOf(103);
    private static final String COMMIT = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";

    private static VersionTemplate template(String pattern, String moment, String zone, String... values) {
        return VersionTemplate.of(
                pattern,
                Instant.parse(moment),
                VersionTemplate.zone(zone),
                VersionValues.parse(List.of(values)).orCommit(COMMIT));
    }

    private static String version(String pattern, String moment, String zone, String... values) {
        return template(pattern, moment, zone, values).version(BUILD).tag();
    }

    @ParameterizedTest
    @CsvSource({
        "2018-12-30, 2018.52",
        "2018-12-31, 2019.1",
        "2019-12-29, 2019.52",
        "2019-12-30, 2020.1",
        "2020-12-31, 2020.53",
        "2021-01-03, 2020.53",
        "2021-01-04, 2021.1",
        "2022-01-01, 2021.52",
        "2022-01-02, 2021.52",
        "2022-01-03, 2022.1",
        "2022-12-31, 2022.52",
        "2023-01-01, 2022.52",
        "2024-12-30, 2025.1",
        "2026-11-21, 2026.47",
        "2026-12-31, 2026.53",
        "2027-01-03, 2026.53",
        "2027-01-04, 2027.1",
        "2032-12-31, 2032.53",
        "2033-01-01, 2032.53",
    })
    void aWeekHasItsOwnYear(String day, String expected) {
        assertThat(version(TagPattern.DEFAULT, day + "T12:00:00Z", "UTC")).isEqualTo(expected + ".103");
    }

    @ParameterizedTest
    @CsvSource({
        "{year}.{month}.{day}.{build},     2018-12-31, 2018.12.31.103",
        "{year}{month}{day}-{build},       2026-01-02, 20260102-103",
        "{year}.{month}.{day}-{build},     2026-01-02, 2026.1.2-103",
        "{day}.{month}.{year}-{build},     2026-01-02, 2.1.2026-103",
        "{year}{week}.{build},             2018-12-31, 201901.103",
        "{year}-{build},                   2018-12-31, 2018-103",
        "v{year}0{month}-{build},          2026-01-02, v2026001-103",
        "1.4.{build},                      2026-01-02, 1.4.103",
        "{build},                          2026-01-02, 103",
    })
    void writesTheDateAsThePatternReadsIt(String pattern, String day, String expected) {
        assertThat(version(pattern, day + "T12:00:00Z", "UTC")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "UTC,                2018.52.103",
        "Europe/Berlin,      2019.1.103",
        "America/New_York,   2018.52.103",
        "Pacific/Kiritimati, 2019.1.103",
        "+01:00,             2019.1.103",
    })
    void theDayBeginsInItsZone(String zone, String expected) {
        assertThat(version(TagPattern.DEFAULT, "2018-12-30T23:30:00Z", zone)).isEqualTo(expected);
    }

    @Test
    void takesWhatIsNotOfTheDateFromTheValues() {
        String moment = "2026-11-21T12:00:00Z";
        assertThat(version("{major}.{minor}.{build}", moment, "UTC", "minor=4", "", " major = 1 "))
                .isEqualTo("1.4.103");
        assertThat(version("{major}.{minor}.{patch}{prerelease}", moment, "UTC", "major=1", "minor=4", "patch=0"))
                .isEqualTo("1.4.0");
        assertThat(version("1.4.{build}{prerelease}", moment, "UTC", "prerelease=rc.1"))
                .isEqualTo("1.4.103-rc.1");
        assertThat(version("1.4.{build}{prerelease}", moment, "UTC", "prerelease=-rc.1"))
                .isEqualTo("1.4.103-rc.1");
        assertThat(version("1.4.{build}{prerelease}", moment, "UTC", "prerelease="))
                .isEqualTo("1.4.103");
        assertThat(version("{build}-{sha}", moment, "UTC", "sha=" + COMMIT)).isEqualTo("103-" + COMMIT);
    }

    @Test
    void shortensTheCommitOfTheBuildToTwelveDigits() {
        assertThat(version("{build}-{sha}", "2026-11-21T12:00:00Z", "UTC")).isEqualTo("103-0a1b2c3d4e5f");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VersionTemplate.of(
                        "{sha}",
                        Instant.EPOCH,
                        VersionTemplate.zone("UTC"),
                        VersionValues.parse(List.of()).orCommit("")))
                .withMessage(
                        "the pattern '{sha}' cannot be used for versions: it needs a value for {sha}: values: [sha:"
                                + " ...], because the build has no GIT_COMMIT in its environment");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{year}.{month}.{week}.{build} |         | {week} cannot be combined with {month} or {day}",
                "{year}.{week}.{day}.{build}   |         | {week} cannot be combined with {month} or {day}",
                "{week}.{build}                |         | {week} starts again each year, so it needs {year}",
                "{month}.{build}               |         | {month} starts again each year, so it needs {year}",
                "{year}.{day}.{build}          |         | {day} starts again each month",
                "{major}.{build}               |         | it needs a value for {major}: values: [major: ...]",
                "{build}                       | major=1 | 'values' sets major, but the pattern has no {major}",
                "{major}                       | major   | 'major' in 'values' is not a name with a value, such as major=1",
                "{major}                       | major=01 | 'major=01' in 'values' is not valid: {major} is a number",
                "{major}                       | major=1;major=2 | 'values' sets major twice",
                "{sha}                         | sha=master | {sha} is a commit, 7 to 64 digits",
                "1{prerelease}                 | prerelease=rc 1 | {prerelease} is identifiers of letters",
                "{year}.{build}                | year=2017 | 'values' cannot set 'year'; it can set major, minor",
                "{build}                       | build=7 | 'values' cannot set 'build'",
                "{build}                       | size=7  | 'values' cannot set 'size'",
            })
    void refusesWhatCouldDecreaseOrHasNoValue(String pattern, String values, String why) {
        String[] lines = values == null ? new String[0] : values.split(";");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> version(pattern, "2026-11-21T12:00:00Z", "UTC", lines))
                .withMessageContaining(why)
                .matches(e -> e.getMessage().lines().count() == 1);
    }

    @Test
    void refusesWhatIsTooLongForATag() {
        VersionTemplate template = template("{build}", "2026-11-21T12:00:00Z", "UTC");
        assertThat(template.version(BigInteger.TEN.pow(127)).tag()).hasSize(128);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> template.version(BigInteger.TEN.pow(128)))
                .withMessageEndingWith("is too long for a tag");
    }

    @Test
    void refusesZonesThatDoNotExist() {
        for (String zone : Arrays.asList("Mars/Olympus", "CESTT", "+99:00", "")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> VersionTemplate.zone(zone))
                    .withMessageStartingWith("'" + zone + "' is not a time zone");
        }
    }
}
