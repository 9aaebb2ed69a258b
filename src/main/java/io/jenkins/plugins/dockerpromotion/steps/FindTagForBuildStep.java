package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.agent.FindTagOperation;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.tags.TagFinder;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Finds the tag that a build gave an image. */
public final class FindTagForBuildStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String image;
    private final Long build;
    private String credentialsId;
    private String pattern;
    private String regex;
    private boolean optional;

    @DataBoundConstructor
    public FindTagForBuildStep(String image, Long build) {
        this.image = Util.fixEmptyAndTrim(image);
        this.build = build;
    }

    public String getImage() {
        return image;
    }

    public Long getBuild() {
        return build;
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    /** {@code null} for that of the configuration. */
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

    public boolean isOptional() {
        return optional;
    }

    @DataBoundSetter
    public void setOptional(boolean optional) {
        this.optional = optional;
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(this, context);
    }

    /** Nothing for a step that has a regular expression instead. */
    private String patternInForce() {
        return regex == null ? TagSelection.orDefault(pattern) : pattern;
    }

    /** @throws IllegalArgumentException in one line, if a parameter makes no sense */
    private TagFinder finder(ImageName name, String patternInForce) {
        TagPattern form = TagSelection.of(patternInForce, regex).orElseThrow();
        if (build == null || build < 0) {
            throw new IllegalArgumentException("'build' is needed, the number of a build");
        }
        return new TagFinder(name, form, BigInteger.valueOf(build));
    }

    private static final class Execution extends AgentStepExecution<TagFinder.Found> {
        private static final long serialVersionUID = 1L;

        private final FindTagForBuildStep step;
        /** A change of the configuration while the step runs, or while Jenkins is away, does not change it. */
        private final String pattern;

        Execution(FindTagForBuildStep step, StepContext context) {
            super(context);
            this.step = step;
            this.pattern = step.patternInForce();
        }

        @Override
        String phrase() {
            return (step.build == null ? "find the tag of a build" : "find the tag of build " + step.build) + " of "
                    + StepFailure.image(step.image);
        }

        @Override
        Operation<TagFinder.Found> operation(Run<?, ?> run, TaskListener listener) throws AbortException {
            ImageName name = ImageName.parse(step.image);
            TagFinder finder = step.finder(name, pattern);
            listener.getLogger().println("Looking for " + finder);
            return new FindTagOperation(finder, StepCredentials.find(run, listener, step.credentialsId, name.host()));
        }

        @Override
        Object conclude(TagFinder.Found found, Run<?, ?> run, TaskListener listener) throws AbortException {
            List<Tag> tags = found.tags();
            if (tags.isEmpty()) {
                String nothing =
                        "none of the " + found.looked() + " tags of " + step.image + " is one of build " + step.build;
                if (!step.optional) {
                    throw new AbortException("Cannot " + phrase() + ": " + nothing + " by "
                            + (step.regex == null ? pattern : step.regex)
                            + "; check the build number and the pattern, or use 'optional: true' to go on without");
                }
                listener.getLogger().println("Found nothing: " + nothing);
                return null;
            }
            String others = tags.stream().skip(1).map(Tag::value).collect(Collectors.joining(", "));
            ImageReference newest = ImageReference.tagged(ImageName.parse(step.image), tags.get(0));
            listener.getLogger()
                    .println("Found " + PageLink.of(newest, step.image + ":" + tags.get(0))
                            + (found.looked() > 1 ? " among " + found.looked() + " tags" : "")
                            + (others.isEmpty() ? "" : "; older ones of the same build: " + others));
            return tags.get(0).value();
        }
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends ImageStepDescriptor {

        @Override
        Optional<String> patternWithout() {
            return Optional.of(getDefaultPattern());
        }

        @Override
        public String getFunctionName() {
            return "findTagForBuild";
        }

        @Override
        public String getDisplayName() {
            return Messages.FindTagForBuildStep_displayName();
        }

        /** A parameter of the build is a text: one that is no number fails with a line instead of a stack trace. */
        @Override
        public Step newInstance(Map<String, Object> arguments) throws Exception {
            requireNumber(arguments.get("build"), "find the tag of a build");
            return super.newInstance(arguments);
        }

        @Override
        public Step newInstance(StaplerRequest2 request, JSONObject form) throws Descriptor.FormException {
            leaveOutBlank(form, "build");
            return super.newInstance(request, form);
        }

        @RequirePOST
        public FormValidation doCheckBuild(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.FindTagForBuildStep_buildRequired())
                    : FormValidation.validateNonNegativeInteger(value);
        }

        @RequirePOST
        public FormValidation doCheckPattern(@QueryParameter String value, @QueryParameter String regex) {
            String given = Util.fixEmptyAndTrim(value);
            if (Util.fixEmptyAndTrim(regex) == null) {
                return ImageForm.checkBuildPattern(TagSelection.orDefault(given));
            }
            return given == null ? FormValidation.ok() : FormValidation.error(Messages.TagSelection_patternOrRegex());
        }

        @RequirePOST
        public FormValidation doCheckRegex(@QueryParameter String value) {
            return ImageForm.checkRegex(value);
        }
    }
}
