package io.jenkins.plugins.dockerpromotion.version;

import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput.CpuTime;
import java.util.function.Function;

/**
 * Fuzzes tag patterns: the first line is the pattern, read as template and as regular expression. The rest is the tag.
 */
public final class TagPatternFuzz {

    private TagPatternFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String[] patternAndTag = FuzzInput.lineAndRest(input);
        CpuTime.within(FuzzInput.LIMIT, () -> match(TagPattern::of, patternAndTag[0], patternAndTag[1]));
        // Skip repetition counts of three or more digits: such an expression is slow by its author's choice.
        if (!patternAndTag[0].matches("(?s).*\\{[0-9,]*[0-9]{3}.*")) {
            CpuTime.within(FuzzInput.LIMIT, () -> match(TagPattern::regex, patternAndTag[0], patternAndTag[1]));
        }
    }

    private static void match(Function<String, TagPattern> reading, String text, String tag) {
        try {
            TagPattern pattern = reading.apply(text);
            pattern.match(tag).ifPresent(version -> {
                FuzzInput.require(version.tag().equals(tag), "another tag");
                FuzzInput.require(version.compareTo(version) == 0, "not equal to itself");
                FuzzInput.require(version.build().isPresent() == pattern.hasBuild(), "a build from nowhere");
            });
        } catch (IllegalArgumentException e) {
            FuzzInput.require(e.getMessage() != null, "an error without a text");
        }
    }
}
