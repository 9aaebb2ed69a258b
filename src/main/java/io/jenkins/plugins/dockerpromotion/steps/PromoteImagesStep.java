package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.history.PromotionRecorder;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.promotion.TrainRequest;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/**
 * Promotes several images together, all or none. Each image has the parameters of {@code promoteImage}. The step's own
 * parameters are defaults for all images.
 */
public final class PromoteImagesStep extends RegistryStep<PromotionAttempt.Outcome> {

    private static final long serialVersionUID = 1L;

    private final List<PromoteImageStep> images;
    private List<String> to = new ArrayList<>();
    private boolean overwrite;
    private boolean referrers = true;
    private boolean dryRun;
    private Verification verify;

    @DataBoundConstructor
    public PromoteImagesStep(List<PromoteImageStep> images) {
        this.images = new ArrayList<>(Util.fixNull(images));
    }

    public List<PromoteImageStep> getImages() {
        return List.copyOf(images);
    }

    public List<String> getTo() {
        return List.copyOf(to);
    }

    @DataBoundSetter
    public void setTo(List<String> to) {
        this.to = new ArrayList<>(Util.fixNull(to));
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

    public Verification getVerify() {
        return verify;
    }

    @DataBoundSetter
    public void setVerify(Verification verify) {
        this.verify = verify;
    }

    @Override
    String phrase() {
        return "promote " + (images.size() == 1 ? "1 image" : images.size() + " images") + " together";
    }

    /** @throws IllegalArgumentException in one line, if a parameter is not valid */
    private List<PromotionRequest> requests() {
        return images.stream()
                .map(image -> {
                    if (image.isDryRun()) {
                        throw new IllegalArgumentException("set 'dryRun' for all images, not for one");
                    }
                    return image.request(to.isEmpty() ? image.getTo() : to, overwrite, referrers, dryRun);
                })
                .toList();
    }

    @Override
    RepositoryLocks.Names locks() {
        return RepositoryLocks.Names.promotions(requests());
    }

    @Override
    Operation<PromotionAttempt.Outcome> operation(StepRun run) throws AbortException {
        List<PromotionRequest> requests = requests();
        List<PromotionRequest> complete = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            complete.add(images.get(i).complete(requests.get(i), run, getCredentialsId(), verify));
        }
        TrainRequest train = new TrainRequest(complete);
        run.say((dryRun ? "Planning to promote " : "Promoting ") + "together:");
        requests.forEach(request -> run.say("  " + request));
        return new PromotionAttempt(train);
    }

    @Override
    Object result(PromotionAttempt.Outcome outcome, StepRun run) throws IOException {
        PromotionRecorder recorder = new PromotionRecorder(run.build(), run.id()).inTrain(images.size());
        if (dryRun) {
            outcome.receipt().table().forEach(run::say);
        }
        return outcome.recorded(recorder, run).asMap();
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends RegistryStepDescriptor {

        @RequirePOST
        public FormValidation doCheckTo(@QueryParameter String value) {
            return PromoteImageStep.checkTargets(value);
        }
    }
}
