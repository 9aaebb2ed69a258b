package io.jenkins.plugins.dockerpromotion.dockerhost;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses an age: {@code 90m}, {@code 2h}, {@code 7d}, {@code 1d12h}. */
public final class Age {

    private static final Pattern GRAMMAR =
            Pattern.compile("(?:(?<d>\\d{1,5})d)?(?:(?<h>\\d{1,6})h)?(?:(?<m>\\d{1,8})m)?(?:(?<s>\\d{1,9})s)?");

    private Age() {}

    /**
     * Parses an age.
     *
     * @throws IllegalArgumentException in one line, if {@code text} is not an age
     */
    public static Duration parse(String text) {
        Matcher matcher = GRAMMAR.matcher(text == null ? "" : text);
        if (text == null || text.isEmpty() || !matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not an age such as 90m, 2h, 7d or 1d12h");
        }
        return Duration.ofDays(number(matcher, "d"))
                .plusHours(number(matcher, "h"))
                .plusMinutes(number(matcher, "m"))
                .plusSeconds(number(matcher, "s"));
    }

    private static long number(Matcher matcher, String unit) {
        return matcher.group(unit) == null ? 0 : Long.parseLong(matcher.group(unit));
    }
}
