package io.jenkins.plugins.dockerpromotion.registry.http;

/** Makes what strangers say fit for one line of a log. */
public final class LogText {

    private LogText() {}

    /** {@code text} without line breaks and characters that cannot be seen, and shortened to {@code limit} characters. */
    public static String oneLine(String text, int limit) {
        String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+", " ").strip();
        return line.length() > limit ? line.substring(0, limit) + "…" : line;
    }
}
