package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import java.io.Serializable;

/**
 * A tag of an image: at most 128 letters, digits, {@code _}, {@code .} and {@code -}, starting with neither dot nor
 * hyphen (OCI distribution specification, "Pulling manifests").
 *
 * @param value the tag as in a reference
 */
public record Tag(String value) implements Serializable {

    private static final int MAX_LENGTH = 128;

    /** The only tag that is expected to move. */
    public static final Tag LATEST = new Tag("latest");

    /** @throws IllegalArgumentException in one line, if {@code value} is not a tag */
    public Tag {
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("a tag is required, such as 2017.2.103");
        }
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    LogText.quote(value) + " is not a tag: at most 128 letters, digits, '_', '.' and '-' are allowed,"
                            + " the first neither '.' nor '-'");
        }
    }

    /** Whether {@code text} is a tag. */
    public static boolean isValid(String text) {
        return text != null
                && !text.isEmpty()
                && text.length() <= MAX_LENGTH
                && isFirst(text.charAt(0))
                && text.chars().allMatch(c -> isFirst(c) || c == '.' || c == '-');
    }

    /** Checking characters takes a quarter of the time of a regular expression, and lists can have a million tags. */
    private static boolean isFirst(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }

    @Override
    public String toString() {
        return value;
    }
}
