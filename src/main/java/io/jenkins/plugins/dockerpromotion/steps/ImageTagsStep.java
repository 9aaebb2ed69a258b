package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.agent.ListTagsOperation;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Lists the tags of an image, the newest version first. */
public final class ImageTagsStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String image;
    private String credentialsId;
    private String pattern;
    private String regex;
    private Integer limit;

    @DataBoundConstructor
    public ImageTagsStep(String image) {
        this.image = Util.fixEmptyAndTrim(image);
    }

    public String getImage() {
        return image;
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
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

    public Integer getLimit() {
        return limit;
    }

    @DataBoundSetter
    public void setLimit(Integer limit) {
        this.limit = limit;
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(this, context);
    }

    private static final class Execution extends AgentStepExecution<TagQuery.Found> {
        private static final long serialVersionUID = 1L;

        private final ImageTagsStep step;

        Execution(ImageTagsStep step, StepContext context) {
            super(context);
            this.step = step;
        }

        @Override
        String phrase() {
            return "list the tags of " + StepFailure.image(step.image);
        }

        @Override
        Operation<TagQuery.Found> operation(Run<?, ?> run, TaskListener listener) throws AbortException {
            ImageName name = ImageName.parse(step.image);
            TagQuery query = new TagQuery(
                    name,
                    TagSelection.of(step.pattern, step.regex),
                    step.limit == null ? Integer.MAX_VALUE : step.limit);
            listener.getLogger().println("Listing " + query);
            return new ListTagsOperation(query, StepCredentials.find(run, listener, step.credentialsId, name.host()));
        }

        @Override
        Object conclude(TagQuery.Found found, Run<?, ?> run, TaskListener listener) {
            int listed = found.tags().size();
            listener.getLogger()
                    .println("Listed " + (listed < found.matching() ? listed + " of " : "") + found.matching()
                            + " tags of "
                            + PageLink.of(ImageName.parse(step.image), step.image)
                            + (found.matching() < found.looked() ? " among " + found.looked() : ""));
            return found.tags().stream().map(Tag::value).collect(Collectors.toCollection(ArrayList::new));
        }
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends ImageStepDescriptor {

        @Override
        public String getFunctionName() {
            return "imageTags";
        }

        @Override
        public String getDisplayName() {
            return Messages.ImageTagsStep_displayName();
        }

        @RequirePOST
        public FormValidation doCheckPattern(@QueryParameter String value, @QueryParameter String regex) {
            return TagSelection.checkPattern(value, regex);
        }

        @RequirePOST
        public FormValidation doCheckRegex(@QueryParameter String value) {
            return TagSelection.checkRegex(value);
        }

        @RequirePOST
        public FormValidation doCheckLimit(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.ok()
                    : FormValidation.validatePositiveInteger(value);
        }
    }
}
