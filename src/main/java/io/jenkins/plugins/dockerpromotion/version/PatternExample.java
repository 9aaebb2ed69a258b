package io.jenkins.plugins.dockerpromotion.version;

import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Shows what a pattern takes for a version and what it does not.
 *
 * @param tag which the pattern matches
 * @param other which looks alike, but is not matched
 */
public record PatternExample(String tag, String other) {

    private static final BigInteger BUILD = BigInteger.valueOf(103);
    private static final List<String> VALUES =
            List.of("major=1", "minor=4", "patch=2", "sha=0a1b2c3d4e5f", "prerelease=rc.1");

    /**
     * Makes an example of a pattern; empty if no version can be made by it, though it may match some.
     *
     * @param moment whose year, month, week and day the example has
     * @throws IllegalArgumentException in one line, if it is not a pattern
     */
    public static Optional<PatternExample> of(String pattern, Instant moment) {
        TagPattern read = TagPattern.of(pattern);
        return rendered(pattern, moment)
                .flatMap(tag -> alike(tag)
                        .filter(other -> !other.equals(tag) && read.match(other).isEmpty())
                        .findFirst()
                        .map(other -> new PatternExample(tag, other)));
    }

    private static Optional<String> rendered(String pattern, Instant moment) {
        List<TagField> fields = new PatternParser(pattern).fields();
        List<String> values = VALUES.stream()
                .filter(value -> fields.stream().anyMatch(field -> value.startsWith(field.fieldName() + '=')))
                .toList();
        try {
            VersionTemplate template = VersionTemplate.of(pattern, moment, ZoneOffset.UTC, VersionValues.parse(values));
            return Optional.of(template.version(BUILD).tag());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The dot comes first: who knows regular expressions wonders whether it stands for any character. */
    private static Stream<String> alike(String tag) {
        return Stream.of(tag.replace('.', 'x'), tag.replace('-', 'x'), 'x' + tag, tag + ".x");
    }
}
