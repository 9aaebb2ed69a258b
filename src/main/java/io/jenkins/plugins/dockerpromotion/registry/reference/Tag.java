package io.jenkins.plugins.dockerpromotion.registry.reference;

import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * A tag of an image: at most 128 letters, digits, {@code _}, {@code .} and {@code -}, the first neither dot nor hyphen
 * (OCI distribution specification, "Pulling manifests").
 *
 * @param value the tag as it stands in a reference
 */
public record Tag(String value) implements Serializable {

    private static final Pattern GRAMMAR = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

    /** The one tag that is expected to move. */
    public static final Tag LATEST = new Tag("latest");

    /** @throws IllegalArgumentException in one line, if {@code value} is not a tag */
    public Tag {
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("a tag is needed, such as 2017.2.103");
        }
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    Quoted.of(value) + " is not a tag: at most 128 letters, digits, '_', '.' and '-' are allowed,"
                            + " the first neither '.' nor '-'");
        }
    }

    /** Whether {@code text} is a tag. */
    public static boolean isValid(String text) {
        return text != null && GRAMMAR.matcher(text).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
