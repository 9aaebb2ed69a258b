package io.jenkins.plugins.dockerpromotion.steps;

import hudson.Extension;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.history.PromotionHistory;
import io.jenkins.plugins.dockerpromotion.history.TargetHistory.Placement;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Returns the recorded promotions of a tag. Needs neither a registry nor an agent. */
public final class ImageHistoryStep extends ControllerStep {

    private static final long serialVersionUID = 1L;

    private final String image;
    private final String tag;

    @DataBoundConstructor
    public ImageHistoryStep(String image, String tag) {
        this.image = Util.fixEmptyAndTrim(image);
        this.tag = Util.fixEmptyAndTrim(tag);
    }

    public String getImage() {
        return image;
    }

    public String getTag() {
        return tag;
    }

    @Override
    String phrase() {
        return "read the recorded promotions of " + image + ":" + tag;
    }

    @Override
    Object run(StepRun run) {
        List<Placement> recorded = PromotionHistory.of(ImageName.parse(image), new Tag(tag));
        run.say("Reading the recorded promotions of " + image + ":" + tag);
        run.say(recorded.size() == 1 ? "1 promotion is recorded" : recorded.size() + " promotions are recorded");
        return recorded.stream().map(Placement::asMap).collect(Collectors.toCollection(ArrayList::new));
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends StrictStepDescriptor {

        @RequirePOST
        public FormValidation doCheckImage(@QueryParameter String value) {
            return ImageForm.checkImage(value);
        }

        @RequirePOST
        public FormValidation doCheckTag(@QueryParameter String value) {
            return ImageForm.checkTag(value);
        }
    }
}
