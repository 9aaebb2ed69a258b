package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.history.PromotionHistory;
import io.jenkins.plugins.dockerpromotion.history.TargetHistory.Placement;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.io.PrintStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Returns the recorded promotions of a tag. Needs neither a registry nor an agent. */
public final class ImageHistoryStep extends Step implements Serializable {

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
    public StepExecution start(StepContext context) {
        return new Execution(this, context);
    }

    private static final class Execution extends ControllerStepExecution<List<Map<String, Object>>> {
        private static final long serialVersionUID = 1L;

        private final ImageHistoryStep step;

        Execution(ImageHistoryStep step, StepContext context) {
            super(context);
            this.step = step;
        }

        @Override
        protected List<Map<String, Object>> run() throws Exception {
            String tagged = step.image + ":" + step.tag;
            PrintStream log = getContext().get(TaskListener.class).getLogger();
            try {
                List<Placement> recorded = PromotionHistory.of(ImageName.parse(step.image), new Tag(step.tag));
                log.println("Reading the recorded promotions of " + tagged);
                log.println(
                        recorded.size() == 1
                                ? "1 promotion is recorded"
                                : recorded.size() + " promotions are recorded");
                return recorded.stream().map(Placement::asMap).collect(Collectors.toCollection(ArrayList::new));
            } catch (IllegalArgumentException e) {
                throw new AbortException("Cannot read the recorded promotions of " + tagged + ": " + e.getMessage());
            }
        }
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends StrictStepDescriptor {

        public DescriptorImpl() {
            super("imageHistory", Messages._ImageHistoryStep_displayName(), Run.class, TaskListener.class);
        }

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
