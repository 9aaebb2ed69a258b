package io.jenkins.plugins.dockerpromotion.version;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The pre-release part of a version: {@code rc.1} in {@code 1.2.3-rc.1}. Ordered by its identifiers from left to right
 * (semver.org, section 11): numbers numerically and before words, words by their characters; if all are equal, more
 * identifiers are greater.
 *
 * @param identifiers at least one
 */
record PreRelease(List<String> identifiers) implements Comparable<PreRelease>, Serializable {

    private static final String IDENTIFIER = "(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)";

    /** Identifiers separated by dots; numbers have no leading zeros (semver.org, section 9). */
    static final String GRAMMAR = IDENTIFIER + "(?:\\." + IDENTIFIER + ")*";

    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    PreRelease {
        identifiers = List.copyOf(identifiers);
    }

    static PreRelease of(String text) {
        return new PreRelease(List.of(text.split("\\.", -1)));
    }

    @Override
    public int compareTo(PreRelease other) {
        return Arrays.compare(
                identifiers.toArray(String[]::new), other.identifiers.toArray(String[]::new), PreRelease::compare);
    }

    private static int compare(String one, String two) {
        boolean isNumber = NUMBER.matcher(one).matches();
        if (isNumber != NUMBER.matcher(two).matches()) {
            return isNumber ? -1 : 1;
        }
        return isNumber ? new BigInteger(one).compareTo(new BigInteger(two)) : one.compareTo(two);
    }
}
