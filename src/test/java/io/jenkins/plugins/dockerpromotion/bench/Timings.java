package io.jenkins.plugins.dockerpromotion.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/** The times of a contender's runs. */
record Timings(long[] nanos) {

    Timings {
        nanos = nanos.clone();
        Arrays.sort(nanos);
    }

    Duration median() {
        return Duration.ofNanos(at(0.5));
    }

    /** Returns the ratio of this median to that of {@code other}. */
    double ratioTo(Timings other) {
        return (double) at(0.5) / other.at(0.5);
    }

    /** Formats the median and, in parentheses, the lower and upper quartiles. */
    String text() {
        return nanos.length == 1
                ? words(at(0.5))
                : words(at(0.5)) + " (" + words(at(0.25)) + " – " + words(at(0.75)) + ")";
    }

    private long at(double fraction) {
        return nanos[(int) Math.round((nanos.length - 1) * fraction)];
    }

    static String words(long nanos) {
        double millis = nanos / 1e6;
        return millis < 10_000
                ? String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis)
                : String.format(Locale.ROOT, "%.1f s", millis / 1000);
    }
}
