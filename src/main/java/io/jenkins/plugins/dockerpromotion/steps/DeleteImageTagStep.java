package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.agent.DeleteTagOperation;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.tags.TagRemoval;
import java.io.Serializable;
import java.util.Optional;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Deletes one tag of an image, and nothing else. */
public final class DeleteImageTagStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String image;
    private final String tag;
    private String credentialsId;
    private String expectedDigest;

    @DataBoundConstructor
    public DeleteImageTagStep(String image, String tag) {
        this.image = Util.fixEmptyAndTrim(image);
        this.tag = Util.fixEmptyAndTrim(tag);
    }

    public String getImage() {
        return image;
    }

    public String getTag() {
        return tag;
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public String getExpectedDigest() {
        return expectedDigest;
    }

    @DataBoundSetter
    public void setExpectedDigest(String expectedDigest) {
        this.expectedDigest = Util.fixEmptyAndTrim(expectedDigest);
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(this, context);
    }

    private static final class Execution extends AgentStepExecution<TagRemoval.Removed> {
        private static final long serialVersionUID = 1L;

        private final DeleteImageTagStep step;
        private volatile boolean sent;

        Execution(DeleteImageTagStep step, StepContext context) {
            super(context);
            this.step = step;
        }

        @Override
        String phrase() {
            return "delete the tag " + StepFailure.image(step.image, step.tag);
        }

        @Override
        Operation<TagRemoval.Removed> operation(Run<?, ?> run, TaskListener listener) throws AbortException {
            ImageReference tagged = ImageReference.tagged(ImageName.parse(step.image), new Tag(step.tag));
            TagRemoval removal = new TagRemoval(
                    tagged, Optional.ofNullable(step.expectedDigest).map(Digest::parse), sent);
            listener.getLogger().println("Deleting " + removal);
            DeleteTagOperation operation = new DeleteTagOperation(
                    removal,
                    StepCredentials.find(
                            run, listener, step.credentialsId, tagged.name().host()));
            // Sent again after a restart, it may find that the tag is gone: by itself.
            sent = true;
            getContext().saveState();
            return operation;
        }

        @Override
        Object conclude(TagRemoval.Removed removed, Run<?, ?> run, TaskListener listener) {
            String tagged = step.image + ":" + step.tag;
            listener.getLogger()
                    .println(
                            removed.before()
                                    ? tagged + " is gone: it was deleted before the restart"
                                    : "Deleted " + tagged + ", which was " + removed.digest());
            return Util.fixEmpty(removed.digest());
        }
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends ImageStepDescriptor {

        @Override
        public String getFunctionName() {
            return "deleteImageTag";
        }

        @Override
        public String getDisplayName() {
            return Messages.DeleteImageTagStep_displayName();
        }

        @RequirePOST
        public FormValidation doCheckTag(@QueryParameter String value) {
            return ImageForm.checkTag(value);
        }

        @RequirePOST
        public FormValidation doCheckExpectedDigest(@QueryParameter String value) {
            return ImageForm.checkOptionalDigest(value);
        }
    }
}
