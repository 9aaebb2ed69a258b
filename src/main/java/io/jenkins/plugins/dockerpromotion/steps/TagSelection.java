package io.jenkins.plugins.dockerpromotion.steps;

import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.util.Optional;

/** The parameters {@code pattern} and {@code regex}, of which a step takes one at most. */
final class TagSelection {

    private TagSelection() {}

    /**
     * What the parameters say; nothing if there are none.
     *
     * @throws IllegalArgumentException in one line, if both are given or the given one cannot be used
     */
    static Optional<TagPattern> of(String pattern, String regex) {
        if (pattern != null && regex != null) {
            throw new IllegalArgumentException("give either 'pattern' or 'regex'");
        }
        return Optional.ofNullable(pattern)
                .map(TagPattern::of)
                .or(() -> Optional.ofNullable(regex).map(TagPattern::regex));
    }

    /** The pattern of a step that needs one: the given one, or else that of the configuration at this moment. */
    static String orDefault(String pattern) {
        return pattern == null ? DockerPromotionConfiguration.get().getPatternInForce() : pattern;
    }

    /**
     * What a form says, in which there may be what only the build knows; then nothing.
     *
     * @param otherwise what the step goes by where the form names neither, if by anything
     * @throws IllegalArgumentException in one line, if both are given or the given one cannot be used
     */
    static Optional<TagPattern> shown(String pattern, String regex, Optional<String> otherwise) {
        String expression = Util.fixEmptyAndTrim(regex);
        String given = Util.fixEmptyAndTrim(pattern);
        if (Util.fixNull(given).contains("${") || Util.fixNull(expression).contains("${")) {
            return Optional.empty();
        }
        return of(given, expression).or(() -> otherwise.map(TagPattern::of));
    }

    /** Whether {@code pattern} can be used, and there is no {@code regex} besides. */
    static FormValidation checkPattern(String pattern, String regex) {
        return Util.fixEmptyAndTrim(pattern) != null && Util.fixEmptyAndTrim(regex) != null
                ? FormValidation.error(Messages.TagSelection_patternOrRegex())
                : ImageForm.checkPattern(pattern);
    }

    static FormValidation checkRegex(String regex) {
        return ImageForm.ifGiven(regex, TagPattern::regex);
    }
}
