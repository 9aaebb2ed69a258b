package io.jenkins.plugins.dockerpromotion.version;

/**
 * A text that can be read a limited number of times. This stops regular expressions with catastrophic backtracking,
 * because {@link java.util.regex.Pattern} has no limit of its own.
 */
final class CountedText implements CharSequence {

    /** A tag has at most 128 characters, and a reasonable expression reads each of them a few times. */
    static final int MAX_READS = 100_000;

    private final String text;
    private int reads;

    CountedText(String text) {
        this.text = text;
    }

    @Override
    public char charAt(int index) {
        if (++reads > MAX_READS) {
            throw new TooManyReads();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }

    /** Ends a match from within. */
    static final class TooManyReads extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyReads() {
            super("too many reads", null, false, false);
        }
    }
}
