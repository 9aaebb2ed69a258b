package io.jenkins.plugins.dockerpromotion.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What a fuzzer made up, for targets that take texts. */
public final class FuzzInput {

    /** More than any of these texts may take, however it is made. */
    public static final Duration LIMIT = Duration.ofMillis(100);

    private FuzzInput() {}

    /** The input as one text; each byte is a character, as in a header. */
    public static String text(byte[] input) {
        return new String(input, StandardCharsets.ISO_8859_1);
    }

    /** The input as two texts: its first line, and what stands behind it. */
    public static String[] lineAndRest(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        return end < 0 ? new String[] {text, ""} : new String[] {text.substring(0, end), text.substring(end + 1)};
    }

    /** Fails unless what was found out holds. */
    public static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
