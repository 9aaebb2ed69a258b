package io.jenkins.plugins.dockerpromotion.version;

import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the order of versions over almost twenty years of builds. */
class VersionOrderTest {

    private static final int FIRST_YEAR = 2012;
    private static final int LAST_YEAR = 2030;
    private static final List<String> PATTERNS = List.of(
            TagPattern.DEFAULT,
            "{year}{week}-{build}",
            "{year}{month}{day}-{build}",
            "{day}.{month}.{year}_{build}",
            "v{year}.{build}");

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Europe/Berlin", "Asia/Beirut", "Pacific/Apia", "Australia/Lord_Howe"})
    void eachVersionIsNewerThanTheOneBeforeIt(String name) {
        ZoneId zone = ZoneId.of(name);
        for (String text : PATTERNS) {
            TagPattern pattern = TagPattern.of(text);
            VersionValues none = VersionValues.parse(List.of());
            // Start at 95, so that the number of digits grows.
            long build = 95;
            ImageVersion before = null;
            for (Instant moment : moments(zone)) {
                BigInteger number = BigInteger.valueOf(build++);
                String tag = VersionTemplate.of(text, moment, zone, none)
                        .version(number)
                        .tag();
                ImageVersion version = pattern.match(tag).orElseThrow();
                // This runs half a million times. AssertJ assertions with descriptions would dominate the run time.
                if (!Tag.isValid(tag)) {
                    throw new AssertionError("'" + tag + "' is not a tag");
                }
                if (before != null && version.comparePrecedence(before) <= 0) {
                    throw new AssertionError(version + " of " + moment + " is not newer than " + before);
                }
                if (!version.isOfBuild(number)) {
                    throw new AssertionError(tag + " is not found as build " + number);
                }
                before = version;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Pacific/Kiritimati", "America/New_York"})
    void whatIsWrittenIsReadAgain(String name) {
        ZoneId zone = ZoneId.of(name);
        for (Instant moment : moments(zone)) {
            LocalDate day = LocalDate.ofInstant(moment, zone);
            // ISO 8601: a week belongs to the year of its Thursday.
            LocalDate thursday = day.with(DayOfWeek.THURSDAY);
            int week = (thursday.getDayOfYear() - 1) / 7 + 1;
            assertNumbers(TagPattern.DEFAULT, moment, zone, thursday.getYear(), week, 7);
            assertNumbers("{year}{week}-{build}", moment, zone, thursday.getYear(), week, 7);
            assertNumbers(
                    "{year}{month}{day}-{build}",
                    moment,
                    zone,
                    day.getYear(),
                    day.getMonthValue(),
                    day.getDayOfMonth(),
                    7);
        }
    }

    private static void assertNumbers(String pattern, Instant moment, ZoneId zone, int... expected) {
        List<BigInteger> numbers = VersionTemplate.of(pattern, moment, zone, VersionValues.parse(List.of()))
                .version(BigInteger.valueOf(7))
                .numbers();
        if (!numbers.equals(
                Arrays.stream(expected).mapToObj(BigInteger::valueOf).toList())) {
            throw new AssertionError(pattern + " at " + moment + ": " + numbers);
        }
    }

    /** Returns times around each end of year and each clock change, and in each week in between, at all hours. */
    private static SortedSet<Instant> moments(ZoneId zone) {
        SortedSet<Instant> moments = new TreeSet<>();
        for (int year = FIRST_YEAR; year <= LAST_YEAR; year++) {
            Instant newYear = LocalDate.of(year, 1, 1).atStartOfDay(zone).toInstant();
            for (int day = -7; day <= 7; day++) {
                moments.add(newYear.plus(Duration.ofDays(day)));
                moments.add(newYear.plus(Duration.ofDays(day)).minusNanos(1));
            }
        }
        Instant end =
                LocalDate.of(LAST_YEAR, 12, 31).atStartOfDay(ZoneOffset.UTC).toInstant();
        ZoneOffsetTransition change = zone.getRules().nextTransition(moments.first());
        while (change != null && change.getInstant().isBefore(end)) {
            for (int minutes = -90; minutes <= 90; minutes += 10) {
                moments.add(change.getInstant().plus(Duration.ofMinutes(minutes)));
            }
            change = zone.getRules().nextTransition(change.getInstant());
        }
        for (Instant moment = moments.first(); moment.isBefore(end); moment = moment.plus(Duration.ofHours(71))) {
            moments.add(moment);
        }
        return moments;
    }
}
