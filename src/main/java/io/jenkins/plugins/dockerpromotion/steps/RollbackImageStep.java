package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.history.PromotionRecorder;
import io.jenkins.plugins.dockerpromotion.history.RollbackMove;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.promotion.TrainReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.TrainRequest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Moves a tag, or all tags of a train, back to their previous images, which the history knows. */
public final class RollbackImageStep extends TagStep<PromotionAttempt.Outcome> {

    private static final long serialVersionUID = 1L;

    private String to;
    private String train;
    private String reason;
    private boolean overwrite;
    private boolean dryRun;
    /** The moves, looked up once: after a restart, the history also contains what this step did. */
    private ArrayList<RollbackMove> moves = new ArrayList<>();

    @DataBoundConstructor
    public RollbackImageStep() {
        super(null, null);
    }

    @DataBoundSetter
    public void setImage(String image) {
        useImage(image);
    }

    @DataBoundSetter
    public void setTag(String tag) {
        useTag(tag);
    }

    public String getTo() {
        return to;
    }

    @DataBoundSetter
    public void setTo(String to) {
        this.to = Util.fixEmptyAndTrim(to);
    }

    public String getTrain() {
        return train;
    }

    @DataBoundSetter
    public void setTrain(String train) {
        this.train = Util.fixEmptyAndTrim(train);
    }

    public String getReason() {
        return reason;
    }

    @DataBoundSetter
    public void setReason(String reason) {
        this.reason = Util.fixEmptyAndTrim(reason);
    }

    public boolean isOverwrite() {
        return overwrite;
    }

    @DataBoundSetter
    public void setOverwrite(boolean overwrite) {
        this.overwrite = overwrite;
    }

    public boolean isDryRun() {
        return dryRun;
    }

    @DataBoundSetter
    public void setDryRun(boolean dryRun) {
        this.dryRun = dryRun;
    }

    @Override
    public StepExecution start(StepContext context) throws Exception {
        try {
            moves = new ArrayList<>(recordedMoves());
        } catch (IllegalArgumentException e) {
            throw new AbortException("Cannot " + phrase() + ": " + e.getMessage());
        }
        return super.start(context);
    }

    @Override
    String phrase() {
        return "roll back " + (train == null ? shown() : "the train " + train);
    }

    private List<RollbackMove> recordedMoves() {
        if (train != null) {
            if (getImage() != null || getTag() != null || to != null) {
                throw new IllegalArgumentException("set either 'train', or 'image' and 'tag'");
            }
            return RollbackMove.ofTrain(train);
        }
        if (getImage() == null || getTag() == null) {
            throw new IllegalArgumentException("set 'image' and 'tag', or 'train'");
        }
        return List.of(RollbackMove.ofTag(name(), tag(), to));
    }

    @Override
    RepositoryLocks.Names locks() {
        return RepositoryLocks.Names.promotions(
                moves.stream().map(this::request).toList());
    }

    private PromotionRequest request(RollbackMove move) {
        return PromotionRequest.rollback(move.image(), move.tags(), move.to(), move.from(), overwrite, dryRun);
    }

    @Override
    Operation<PromotionAttempt.Outcome> operation(StepRun run) throws AbortException {
        List<PromotionRequest> requests = new ArrayList<>();
        for (RollbackMove move : moves) {
            RegistryAuthentication login =
                    run.login(getCredentialsId(), move.image().host());
            requests.add(Verification.checked(request(move).with(login, login), List.of()));
            for (ImageReference tag : move.references()) {
                run.say((dryRun ? "Planning to roll back " : "Rolling back ") + tag + " to " + move.version());
            }
        }
        return new PromotionAttempt(new TrainRequest(requests));
    }

    @Override
    Object result(PromotionAttempt.Outcome outcome, StepRun run) throws IOException {
        PromotionRecorder recorder = new PromotionRecorder(run.build(), run.id()).asRollback(reason);
        TrainReceipt receipt = outcome.recorded(train == null ? recorder : recorder.inTrain(moves.size()), run);
        return train == null ? receipt.images().get(0).asMap() : receipt.asMap();
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends TagStepDescriptor {

        @Override
        @RequirePOST
        public FormValidation doCheckImage(@QueryParameter String value) {
            return ImageForm.ifGiven(value, ImageName::parse);
        }

        @Override
        @RequirePOST
        public FormValidation doCheckTag(@QueryParameter String value) {
            return ImageForm.ifGiven(value, Tag::new);
        }

        @RequirePOST
        public FormValidation doCheckTrain(@QueryParameter String value, @QueryParameter String image) {
            return (Util.fixEmptyAndTrim(value) == null) == (Util.fixEmptyAndTrim(image) == null)
                    ? FormValidation.error(Messages.RollbackImageStep_imageOrTrain())
                    : FormValidation.ok();
        }
    }
}
