package io.jenkins.plugins.dockerpromotion.registry.http;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Formats text for one line of the log. Shortens untrusted text, and removes characters that could forge another line.
 */
public final class LogText {

    private static final int MAX_LENGTH = 80;
    private static final int MAX_NAMES = 5;
    private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB");

    private LogText() {}

    /** User input in quotes. */
    public static String quote(String input) {
        if (input == null) {
            return "nothing";
        }
        String head = input.length() > MAX_LENGTH ? input.substring(0, MAX_LENGTH) + "…" : input;
        StringBuilder safe = new StringBuilder("'");
        head.codePoints().map(c -> isInvisible(c) ? '?' : c).forEach(safe::appendCodePoint);
        return safe.append('\'').toString();
    }

    /** {@code text} without line breaks and invisible characters, shortened to {@code limit} characters. */
    public static String oneLine(String text, int limit) {
        String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+", " ").strip();
        return line.length() > limit ? line.substring(0, limit) + "…" : line;
    }

    /** A size in decimal units, as Docker shows it: {@code 104.9 MB}. */
    public static String bytes(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= (unit == 0 ? 1000 : 999.95) && unit < UNITS.size() - 1) {
            amount /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", amount, UNITS.get(unit));
    }

    /** The first few names, and the number of others. */
    public static String names(List<?> all) {
        String first = all.stream().limit(MAX_NAMES).map(Object::toString).collect(Collectors.joining(", "));
        return all.size() <= MAX_NAMES ? first : first + " and " + (all.size() - MAX_NAMES) + " more";
    }

    private static boolean isInvisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
