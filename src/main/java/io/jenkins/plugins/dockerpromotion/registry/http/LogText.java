package io.jenkins.plugins.dockerpromotion.registry.http;

/**
 * Prepares untrusted text for one line of the log: shortens it, and removes characters that could forge another line.
 */
public final class LogText {

    private static final int MAX_LENGTH = 80;

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
