package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.config.FormFields;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import io.jenkins.plugins.dockerpromotion.history.PromotionRecorder;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.promotion.TrainRequest;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Adds tags to an image, in its repository or in another one, without changing its digest. */
public final class PromoteImageStep extends TagStep<PromotionAttempt.Outcome> {

    private static final long serialVersionUID = 1L;
    private static final List<String> DEFAULT_TARGETS = List.of("{tag}-rc", "latest");

    /** {@code null} if none are given. */
    private List<String> to;

    private String toImage;
    private String toCredentialsId;
    private String expectedDigest;
    private boolean overwrite;
    private boolean referrers = true;
    private boolean requireReferrers;
    private boolean dryRun;
    private Verification verify;

    @DataBoundConstructor
    public PromoteImageStep(String image, String tag) {
        super(image, tag);
    }

    public List<String> getTo() {
        return to == null ? DEFAULT_TARGETS : List.copyOf(to);
    }

    @DataBoundSetter
    public void setTo(List<String> to) {
        this.to = new ArrayList<>(Util.fixNull(to));
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

    public boolean isRequireReferrers() {
        return requireReferrers;
    }

    @DataBoundSetter
    public void setRequireReferrers(boolean requireReferrers) {
        this.requireReferrers = requireReferrers;
    }

    public boolean isDryRun() {
        return dryRun;
    }

    @DataBoundSetter
    public void setDryRun(boolean dryRun) {
        this.dryRun = dryRun;
    }

    public Verification getVerify() {
        return verify;
    }

    @DataBoundSetter
    public void setVerify(Verification verify) {
        this.verify = verify;
    }

    @Override
    String phrase() {
        return "promote " + shown();
    }

    @Override
    RepositoryLocks.Names locks() {
        return RepositoryLocks.Names.promotions(List.of(request()));
    }

    private PromotionRequest request() {
        return request(DEFAULT_TARGETS, overwrite, referrers, dryRun);
    }

    /**
     * @param targets used if this step has none
     * @throws IllegalArgumentException in one line, if a parameter makes no sense
     */
    PromotionRequest request(List<String> targets, boolean mayOverwrite, boolean withReferrers, boolean planOnly) {
        PromotionRequest request = PromotionRequest.of(
                reference(),
                toImage == null ? name() : ImageName.parse(toImage),
                to == null ? targets : to,
                new PromotionRequest.Options(
                        mayOverwrite || overwrite, withReferrers && referrers, requireReferrers, planOnly));
        return expectedDigest == null ? request : request.expecting(Digest.parse(expectedDigest));
    }

    @Override
    Operation<PromotionAttempt.Outcome> operation(StepRun run) throws AbortException {
        PromotionRequest request = complete(request(), run, null, null);
        run.say((dryRun ? "Planning to promote " : "Promoting ") + request);
        return new PromotionAttempt(new TrainRequest(List.of(request)));
    }

    /**
     * The same with credentials, and with the signatures that the administrator and this step require.
     *
     * @param otherCredentialsId used if this step has none; may be {@code null}
     * @param otherVerification used if this step has none; may be {@code null}
     */
    PromotionRequest complete(
            PromotionRequest request, StepRun run, String otherCredentialsId, Verification otherVerification)
            throws AbortException {
        String fromId = getCredentialsId() == null ? otherCredentialsId : getCredentialsId();
        RegistryAuthentication from = run.login(fromId, name().host());
        // The credentials are used for both repositories on the same registry, but never sent to another registry.
        RegistryAuthentication into = toCredentialsId == null && request.isWithinRegistry()
                ? from
                : run.login(toCredentialsId, request.toImage().host());
        Verification own = verify == null ? otherVerification : verify;
        return Verification.checked(
                request.with(from, into), own == null ? List.of() : List.of(own.requirement("'verify'", run)));
    }

    @Override
    Object result(PromotionAttempt.Outcome outcome, StepRun run) throws IOException {
        PromotionRecorder recorder = new PromotionRecorder(run.build(), run.id());
        return outcome.recorded(recorder, run).images().get(0).asMap();
    }

    /** Checks that each word of {@code line} is a tag, which may contain <code>{tag}</code>. */
    static FormValidation checkTargets(String line) {
        return FormFields.words(line).stream()
                .map(target -> ImageForm.checkTag(target.replace("{tag}", "tag")))
                .filter(validation -> validation.kind != FormValidation.Kind.OK)
                .findFirst()
                .orElseGet(FormValidation::ok);
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends TagStepDescriptor {

        /** The step's value if the form's {@code to} is empty. */
        public String getDefaultTargets() {
            return FormFields.ofWords(DEFAULT_TARGETS);
        }

        /** An empty field means no list, while an empty list in a Jenkinsfile is an error. */
        @Override
        public Step newInstance(StaplerRequest2 request, JSONObject form) throws Descriptor.FormException {
            if (form.optString("to").isBlank()) {
                form.remove("to");
            }
            return super.newInstance(request, form);
        }

        @Override
        @RequirePOST
        public FormValidation doCheckTag(@QueryParameter String value) {
            return ImageForm.checkTagOrDigest(value);
        }

        @RequirePOST
        public FormValidation doCheckTo(@QueryParameter String value) {
            return FormFields.words(value).isEmpty()
                    ? FormValidation.error(Messages.PromoteImageStep_targetRequired())
                    : checkTargets(value);
        }

        @RequirePOST
        public FormValidation doCheckToImage(@QueryParameter String value) {
            return ImageForm.ifGiven(value, ImageName::parse);
        }

        @RequirePOST
        public ListBoxModel doFillToCredentialsIdItems(
                @AncestorInPath Item item,
                @QueryParameter String toCredentialsId,
                @QueryParameter String toImage,
                @QueryParameter String image) {
            return CredentialsForm.items(item, toCredentialsId, CredentialsForm.registryOf(target(toImage, image)));
        }

        @RequirePOST
        public FormValidation doCheckToCredentialsId(
                @AncestorInPath Item item,
                @QueryParameter String value,
                @QueryParameter String toImage,
                @QueryParameter String image) {
            String target = target(toImage, image);
            boolean likeTheImage = Util.fixEmptyAndTrim(value) == null
                    && CredentialsForm.registryOf(target).equals(CredentialsForm.registryOf(image));
            return likeTheImage ? FormValidation.ok() : ImageForm.checkCredentialsOf(target, item, value);
        }

        private static String target(String toImage, String image) {
            return Util.fixEmptyAndTrim(toImage) == null ? image : toImage;
        }
    }
}
