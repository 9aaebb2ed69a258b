package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Finds the tag that a build gave an image. */
public final class FindTagForBuildStep extends PatternStep<TagQuery.Found> {

    private static final long serialVersionUID = 1L;

    private final Long build;
    private boolean optional;

    @DataBoundConstructor
    public FindTagForBuildStep(String image, Long build) {
        super(image);
        this.build = build;
    }

    public Long getBuild() {
        return build;
    }

    public boolean isOptional() {
        return optional;
    }

    @DataBoundSetter
    public void setOptional(boolean optional) {
        this.optional = optional;
    }

    @Override
    String phrase() {
        return "find the tag of " + (build == null ? "a build" : "build " + build) + " of " + shown();
    }

    @Override
    Operation<TagQuery.Found> operation(StepRun run) throws AbortException {
        if (build == null || build < 0) {
            throw new IllegalArgumentException("'build' is required");
        }
        TagPattern pattern = tags().orElseGet(() -> TagPattern.of(orDefault(null)));
        TagQuery finder = TagQuery.ofBuild(name(), pattern, BigInteger.valueOf(build));
        run.say("Looking for " + finder);
        return finder.with(login(run));
    }

    @Override
    Object result(TagQuery.Found found, StepRun run) throws AbortException {
        List<Tag> tags = found.tags();
        if (tags.isEmpty()) {
            String nothing = "none of the " + found.checked() + " tags of " + getImage() + " matches "
                    + (getRegex() == null ? orDefault(getPattern()) : getRegex()) + " for build " + build;
            if (!optional) {
                throw new AbortException(
                        "Cannot " + phrase() + ": " + nothing
                                + "; check the build number and the pattern, or set 'optional: true' to continue without a tag");
            }
            run.say("Found nothing: " + nothing);
            return null;
        }
        String older = tags.stream().skip(1).map(Tag::value).collect(Collectors.joining(", "));
        ImageReference newest = ImageReference.tagged(name(), tags.get(0));
        run.say("Found " + run.link(newest, getImage() + ":" + tags.get(0))
                + (found.checked() > 1 ? " among " + found.checked() + " tags" : "")
                + (older.isEmpty() ? "" : "; older tags of the same build: " + older));
        return tags.get(0).value();
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends PatternStepDescriptor {

        @Override
        Optional<String> patternWithout() {
            return Optional.of(getDefaultPattern());
        }

        /** Build parameters are strings. One that is not a number fails with one line instead of a stack trace. */
        @Override
        public Step newInstance(Map<String, Object> arguments) throws Exception {
            ImageForm.requireNumber(arguments.get("build"), "find the tag of a build");
            return super.newInstance(arguments);
        }

        @RequirePOST
        public FormValidation doCheckBuild(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.FindTagForBuildStep_buildRequired())
                    : FormValidation.validateNonNegativeInteger(value);
        }

        @Override
        @RequirePOST
        public FormValidation doCheckPattern(@QueryParameter String value, @QueryParameter String regex) {
            return Util.fixEmptyAndTrim(regex) == null
                    ? ImageForm.checkPattern(
                            orDefault(Util.fixEmptyAndTrim(value)),
                            pattern -> TagPattern.of(pattern).requireBuild())
                    : super.doCheckPattern(value, regex);
        }

        @Override
        @RequirePOST
        public FormValidation doCheckRegex(@QueryParameter String value) {
            return ImageForm.ifGiven(value, v -> TagPattern.regex(v).requireBuild());
        }
    }
}
