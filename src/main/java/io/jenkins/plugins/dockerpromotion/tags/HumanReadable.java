package io.jenkins.plugins.dockerpromotion.tags;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Formats sizes, ages and lists for people. */
final class HumanReadable {

    private static final int NAMES = 5;
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");

    private HumanReadable() {}

    static String bytes(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= 1024 && unit < UNITS.size() - 1) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", amount, UNITS.get(unit));
    }

    static String age(Duration age) {
        return age.toDays() > 0 ? age.toDays() + " d" : Math.max(0, age.toHours()) + " h";
    }

    /** The first few names, and the number of others. */
    static String names(List<?> all) {
        String first = all.stream().limit(NAMES).map(Object::toString).collect(Collectors.joining(", "));
        return all.size() <= NAMES ? first : first + " and " + (all.size() - NAMES) + " more";
    }
}
