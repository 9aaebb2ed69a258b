package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.attachment.Inspection;
import io.jenkins.plugins.dockerpromotion.registry.ImageInfo;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.webhook.DockerPushCause;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Returns the digest, size, platforms and labels of an image, without pulling it. */
public final class ImageInfoStep extends TagStep<ImageInfo> {

    private static final long serialVersionUID = 1L;

    private boolean details = true;

    /** @param tag or a digest */
    @DataBoundConstructor
    public ImageInfoStep(String image, String tag) {
        super(image, tag);
    }

    public boolean isDetails() {
        return details;
    }

    @DataBoundSetter
    public void setDetails(boolean details) {
        this.details = details;
    }

    @Override
    String phrase() {
        return "inspect " + shown();
    }

    @Override
    Operation<ImageInfo> operation(StepRun run) throws AbortException {
        run.say("Inspecting " + reference());
        return new Inspection(reference(), details, login(run));
    }

    @Override
    Object result(ImageInfo info, StepRun run) {
        String reference = reference().toString();
        run.say(run.link(reference(), reference) + " is " + info);
        DockerPushCause.compare(
                run.build(), reference, info.digest(), run.listener().getLogger());
        return info.asMap();
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends TagStepDescriptor {

        @Override
        @RequirePOST
        public FormValidation doCheckTag(@QueryParameter String value) {
            return ImageForm.checkTagOrDigest(value);
        }
    }
}
