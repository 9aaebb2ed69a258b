package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.agent.PromoteOperation;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import io.jenkins.plugins.dockerpromotion.form.TextList;
import io.jenkins.plugins.dockerpromotion.history.PromotionRecorder;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionAbortedException;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionException;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.promotion.UndoneReceipt;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.webhook.DockerPushCause;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Gives an image further tags, in its own repository or in another one, without changing a byte of it. */
public final class PromoteImageStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final List<String> DEFAULT_TARGETS = List.of("{tag}-rc", "latest");

    private final String image;
    private final String tag;
    private List<String> to = new ArrayList<>(DEFAULT_TARGETS);
    private String credentialsId;
    private String toImage;
    private String toCredentialsId;
    private String expectedDigest;
    private boolean overwrite;
    private boolean referrers = true;
    private boolean dryRun;

    @DataBoundConstructor
    public PromoteImageStep(String image, String tag) {
        this.image = Util.fixEmptyAndTrim(image);
        this.tag = Util.fixEmptyAndTrim(tag);
    }

    public String getImage() {
        return image;
    }

    public String getTag() {
        return tag;
    }

    public List<String> getTo() {
        return to;
    }

    @DataBoundSetter
    public void setTo(List<String> to) {
        this.to = new ArrayList<>(Util.fixNull(to));
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public String getToImage() {
        return toImage;
    }

    @DataBoundSetter
    public void setToImage(String toImage) {
        this.toImage = Util.fixEmptyAndTrim(toImage);
    }

    public String getToCredentialsId() {
        return toCredentialsId;
    }

    @DataBoundSetter
    public void setToCredentialsId(String toCredentialsId) {
        this.toCredentialsId = Util.fixEmptyAndTrim(toCredentialsId);
    }

    public String getExpectedDigest() {
        return expectedDigest;
    }

    @DataBoundSetter
    public void setExpectedDigest(String expectedDigest) {
        this.expectedDigest = Util.fixEmptyAndTrim(expectedDigest);
    }

    public boolean isOverwrite() {
        return overwrite;
    }

    @DataBoundSetter
    public void setOverwrite(boolean overwrite) {
        this.overwrite = overwrite;
    }

    public boolean isReferrers() {
        return referrers;
    }

    @DataBoundSetter
    public void setReferrers(boolean referrers) {
        this.referrers = referrers;
    }

    public boolean isDryRun() {
        return dryRun;
    }

    @DataBoundSetter
    public void setDryRun(boolean dryRun) {
        this.dryRun = dryRun;
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(this, context);
    }

    /** @throws IllegalArgumentException in one line, if a parameter makes no sense */
    private PromotionRequest request() {
        ImageName source = ImageName.parse(image);
        PromotionRequest request = PromotionRequest.of(
                source,
                new Tag(tag),
                toImage == null ? source : ImageName.parse(toImage),
                to,
                new PromotionRequest.Options(overwrite, referrers, dryRun));
        return expectedDigest == null ? request : request.expecting(Digest.parse(expectedDigest));
    }

    private static final class Execution extends AgentStepExecution<PromotionReceipt> {
        private static final long serialVersionUID = 1L;

        private final PromoteImageStep step;

        Execution(PromoteImageStep step, StepContext context) {
            super(context);
            this.step = step;
        }

        @Override
        String phrase() {
            return "promote " + StepFailure.image(step.image, step.tag);
        }

        /** Builds that promote to one tag do so one after the other: the first has it, and the others are told. */
        @Override
        Collection<String> exclusive() {
            return step.dryRun
                    ? List.of()
                    : step.request().targets().stream()
                            .map(ImageReference::toString)
                            .toList();
        }

        @Override
        Operation<PromotionReceipt> operation(Run<?, ?> run, TaskListener listener) throws AbortException {
            PromotionRequest request = step.request();
            RegistryAuthentication from = StepCredentials.find(
                    run, listener, step.credentialsId, request.source().name().host());
            // One registry, one credential, unless another one is named; another registry has nothing to do with it.
            RegistryAuthentication to = step.toCredentialsId == null && request.isWithinRegistry()
                    ? from
                    : StepCredentials.find(
                            run,
                            listener,
                            step.toCredentialsId,
                            request.toImage().host());
            listener.getLogger().println((step.dryRun ? "Planning to promote " : "Promoting ") + request);
            return new PromoteOperation(request, from, to);
        }

        @Override
        Object conclude(PromotionReceipt receipt, Run<?, ?> run, TaskListener listener) {
            new PromotionRecorder(run, id()).record(receipt, listener);
            DockerPushCause.compare(run, receipt.source(), receipt.digest(), listener.getLogger());
            // Maps and lists, which a sandboxed Jenkinsfile may look into without an approval.
            return receipt.asMap();
        }

        @Override
        void failed(Throwable failure, Run<?, ?> run) throws IOException {
            if (failure instanceof PromotionException refused) {
                record(refused.undone(), refused.getMessage(), run);
            } else if (failure.getCause() instanceof PromotionAbortedException aborted) {
                record(aborted.undone(), aborted.getMessage(), run);
            }
        }

        private void record(List<UndoneReceipt> undone, String failure, Run<?, ?> run) throws IOException {
            for (UndoneReceipt left : undone) {
                new PromotionRecorder(run, id()).record(left, StepFailure.oneLine(failure));
            }
        }
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends ImageStepDescriptor {

        @Override
        public String getFunctionName() {
            return "promoteImage";
        }

        @Override
        public String getDisplayName() {
            return Messages.PromoteImageStep_displayName();
        }

        /** The form has one line for all targets. */
        @Override
        public Step newInstance(StaplerRequest2 request, JSONObject form) throws Descriptor.FormException {
            TextList.split(form, "to", TextList::words);
            return super.newInstance(request, form);
        }

        /** What the form shows for {@code to}. */
        public String targetLine(PromoteImageStep step) {
            return TextList.ofWords(step == null ? DEFAULT_TARGETS : step.to);
        }

        @RequirePOST
        public FormValidation doCheckTag(@QueryParameter String value) {
            return ImageForm.checkTag(value);
        }

        @RequirePOST
        public FormValidation doCheckTo(@QueryParameter String value) {
            List<String> targets = TextList.words(value);
            return targets.isEmpty()
                    ? FormValidation.error(Messages.PromoteImageStep_targetRequired())
                    : targets.stream()
                            .map(t -> ImageForm.checkTag(t.replace("{tag}", "tag")))
                            .filter(v -> v.kind != FormValidation.Kind.OK)
                            .findFirst()
                            .orElseGet(FormValidation::ok);
        }

        @RequirePOST
        public FormValidation doCheckToImage(@QueryParameter String value) {
            return ImageForm.checkOptionalImage(value);
        }

        @RequirePOST
        public FormValidation doCheckExpectedDigest(@QueryParameter String value) {
            return ImageForm.checkOptionalDigest(value);
        }

        @RequirePOST
        public ListBoxModel doFillToCredentialsIdItems(
                @AncestorInPath Item item,
                @QueryParameter String toCredentialsId,
                @QueryParameter String toImage,
                @QueryParameter String image) {
            return CredentialsForm.items(item, toCredentialsId, ImageForm.registryOf(target(toImage, image)));
        }

        @RequirePOST
        public FormValidation doCheckToCredentialsId(
                @AncestorInPath Item item,
                @QueryParameter String value,
                @QueryParameter String toImage,
                @QueryParameter String image) {
            String target = target(toImage, image);
            boolean likeTheImage = Util.fixEmptyAndTrim(value) == null
                    && ImageForm.registryOf(target).equals(ImageForm.registryOf(image));
            return likeTheImage ? FormValidation.ok() : ImageForm.checkCredentials(item, value, target);
        }

        private static String target(String toImage, String image) {
            return Util.fixEmptyAndTrim(toImage) == null ? image : toImage;
        }
    }
}
