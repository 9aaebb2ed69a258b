package io.jenkins.plugins.dockerpromotion.version;

import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An example of a tag that a pattern matches, and of one that it does not match.
 *
 * @param tag a tag that the pattern matches
 * @param other a similar tag that it does not match
 */
public record PatternExample(String tag, String other) {

    private static final BigInteger BUILD = BigInteger.valueOf(103);
    private static final List<String> VALUES =
            List.of("major=1", "minor=4", "patch=2", "sha=0a1b2c3d4e5f", "prerelease=rc.1");

    /**
     * Creates an example for a pattern; empty if no version can be created from it.
     *
     * @param moment the date for the example
     * @throws IllegalArgumentException in one line, if the pattern is not valid
     */
    public static Optional<PatternExample> of(String pattern, Instant moment) {
        TagPattern read = TagPattern.of(pattern);
        return rendered(read, moment)
                .flatMap(tag -> alike(tag)
                        .filter(other -> !other.equals(tag) && read.match(other).isEmpty())
                        .findFirst()
                        .map(other -> new PatternExample(tag, other)));
    }

    private static Optional<String> rendered(TagPattern pattern, Instant moment) {
        List<String> values = VALUES.stream()
                .filter(value -> pattern.fields().stream().anyMatch(field -> value.startsWith(field.fieldName() + '=')))
                .toList();
        try {
            VersionTemplate template =
                    VersionTemplate.of(pattern.toString(), moment, ZoneOffset.UTC, VersionValues.parse(values));
            return Optional.of(template.version(BUILD).tag());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The dot comes first, because it means any character in regular expressions. */
    private static Stream<String> alike(String tag) {
        return Stream.of(tag.replace('.', 'x'), tag.replace('-', 'x'), 'x' + tag, tag + ".x");
    }
}
