package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.agent.InspectImageOperation;
import io.jenkins.plugins.dockerpromotion.registry.ImageInfo;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.webhook.DockerPushCause;
import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Tells what a registry knows of an image, without pulling it. */
public final class ImageInfoStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String image;
    private final String tag;
    private String credentialsId;
    private boolean details = true;

    /** @param tag or a digest */
    @DataBoundConstructor
    public ImageInfoStep(String image, String tag) {
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

    public boolean isDetails() {
        return details;
    }

    @DataBoundSetter
    public void setDetails(boolean details) {
        this.details = details;
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(this, context);
    }

    /** @throws IllegalArgumentException in one line, if a parameter makes no sense */
    private ImageReference reference() {
        if (tag == null) {
            throw new IllegalArgumentException("'tag' is needed, a tag or a digest");
        }
        return new ImageReference(ImageName.parse(image), tag);
    }

    private static final class Execution extends AgentStepExecution<ImageInfo> {
        private static final long serialVersionUID = 1L;

        private final ImageInfoStep step;

        Execution(ImageInfoStep step, StepContext context) {
            super(context);
            this.step = step;
        }

        @Override
        String phrase() {
            return "look at " + StepFailure.image(step.image, step.tag);
        }

        @Override
        Operation<ImageInfo> operation(Run<?, ?> run, TaskListener listener) throws AbortException {
            ImageReference reference = step.reference();
            listener.getLogger().println("Looking at " + reference);
            return new InspectImageOperation(
                    reference,
                    step.details,
                    StepCredentials.find(
                            run, listener, step.credentialsId, reference.name().host()));
        }

        @Override
        Object conclude(ImageInfo info, Run<?, ?> run, TaskListener listener) {
            listener.getLogger()
                    .println(PageLink.of(step.reference(), step.reference().toString()) + " is " + info);
            DockerPushCause.compare(run, step.reference().toString(), info.digest(), listener.getLogger());
            return info.asMap();
        }
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends ImageStepDescriptor {

        @Override
        public String getFunctionName() {
            return "imageInfo";
        }

        @Override
        public String getDisplayName() {
            return Messages.ImageInfoStep_displayName();
        }

        @RequirePOST
        public FormValidation doCheckTag(@QueryParameter String value) {
            return ImageForm.checkTagOrDigest(value);
        }
    }
}
