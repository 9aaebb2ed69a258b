package io.jenkins.plugins.dockerpromotion.steps;

import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.Serializable;
import java.util.Optional;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** A step for the tags of an image that match a {@code pattern} or a {@code regex}. */
public abstract class PatternStep<T extends Serializable> extends ImageStep<T> {

    private static final long serialVersionUID = 1L;

    private String pattern;
    private String regex;

    PatternStep(String image) {
        super(image);
    }

    public String getPattern() {
        return pattern;
    }

    @DataBoundSetter
    public void setPattern(String pattern) {
        this.pattern = Util.fixEmptyAndTrim(pattern);
    }

    public String getRegex() {
        return regex;
    }

    @DataBoundSetter
    public void setRegex(String regex) {
        this.regex = Util.fixEmptyAndTrim(regex);
    }

    /** @throws IllegalArgumentException in one line, if both are given or the given one cannot be used */
    final Optional<TagPattern> tags() {
        return tags(pattern, regex);
    }

    static Optional<TagPattern> tags(String pattern, String regex) {
        if (pattern != null && regex != null) {
            throw new IllegalArgumentException("set either 'pattern' or 'regex'");
        }
        return Optional.ofNullable(pattern)
                .map(TagPattern::of)
                .or(() -> Optional.ofNullable(regex).map(TagPattern::regex));
    }

    /** The pattern of a step that needs one: the given one, or the configured default. */
    static String orDefault(String pattern) {
        return pattern == null ? DockerPromotionConfiguration.get().getPatternInForce() : pattern;
    }

    /**
     * The pattern in a form; empty if it is known in the build only.
     *
     * @param otherwise the pattern that the step uses if the form has neither
     * @throws IllegalArgumentException in one line, if both are given or the given one cannot be used
     */
    static Optional<TagPattern> shown(String pattern, String regex, Optional<String> otherwise) {
        String expression = Util.fixEmptyAndTrim(regex);
        String given = Util.fixEmptyAndTrim(pattern);
        if (Util.fixNull(given).contains("${") || Util.fixNull(expression).contains("${")) {
            return Optional.empty();
        }
        return tags(given, expression).or(() -> otherwise.map(TagPattern::of));
    }

    /** Base class for the forms of steps with a pattern. */
    public abstract static class PatternStepDescriptor extends RegistryStepDescriptor {

        public final String getPatternPlaceholder() {
            return patternWithout().orElseGet(Messages::PatternStep_allTags);
        }

        @RequirePOST
        public FormValidation doCheckPattern(@QueryParameter String value, @QueryParameter String regex) {
            return Util.fixEmptyAndTrim(value) != null && Util.fixEmptyAndTrim(regex) != null
                    ? FormValidation.error(Messages.PatternStep_patternOrRegex())
                    : ImageForm.checkPattern(value, TagPattern::of);
        }

        @RequirePOST
        public FormValidation doCheckRegex(@QueryParameter String value) {
            return ImageForm.ifGiven(value, TagPattern::regex);
        }
    }
}
