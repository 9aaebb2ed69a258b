package io.jenkins.plugins.dockerpromotion.registry.http;

/** Shows somebody's input in a one-line message: shortened, and without the characters that could forge a log line. */
public final class Quoted {

    private static final int MAX_LENGTH = 80;

    private Quoted() {}

    public static String of(String input) {
        if (input == null) {
            return "nothing";
        }
        String head = input.length() > MAX_LENGTH ? input.substring(0, MAX_LENGTH) + "…" : input;
        StringBuilder safe = new StringBuilder("'");
        head.codePoints().map(c -> isInvisible(c) ? '?' : c).forEach(safe::appendCodePoint);
        return safe.append('\'').toString();
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
