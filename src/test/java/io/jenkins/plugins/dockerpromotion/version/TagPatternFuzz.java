package io.jenkins.plugins.dockerpromotion.version;

import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput.CpuTime;
import java.util.function.Function;

/** A pattern, read in both ways, and behind the first line break a tag for it. */
public final class TagPatternFuzz {

    private TagPatternFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String[] patternAndTag = FuzzInput.lineAndRest(input);
        CpuTime.within(FuzzInput.LIMIT, () -> match(TagPattern::of, patternAndTag[0], patternAndTag[1]));
        // An expression that counts to hundreds takes its author's time, as he wrote it.
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
