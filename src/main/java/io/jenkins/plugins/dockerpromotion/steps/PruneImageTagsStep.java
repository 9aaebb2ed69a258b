package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.config.FormFields;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.tags.PruneReceipt;
import io.jenkins.plugins.dockerpromotion.tags.PruneRequest;
import io.jenkins.plugins.dockerpromotion.tags.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Deletes old image tags; by default a dry run. */
public final class PruneImageTagsStep extends PatternStep<PruneReceipt> {

    private static final long serialVersionUID = 1L;
    private static final List<String> DEFAULT_PROTECTED = List.of("latest");

    private Integer keep;
    private Integer olderThanDays;
    private List<String> protect = new ArrayList<>(DEFAULT_PROTECTED);
    private Integer maxDelete;
    private boolean orphans;
    private boolean dryRun = true;

    @DataBoundConstructor
    public PruneImageTagsStep(String image) {
        super(image);
    }

    public Integer getKeep() {
        return keep;
    }

    @DataBoundSetter
    public void setKeep(Integer keep) {
        this.keep = keep;
    }

    public Integer getOlderThanDays() {
        return olderThanDays;
    }

    @DataBoundSetter
    public void setOlderThanDays(Integer olderThanDays) {
        this.olderThanDays = olderThanDays;
    }

    public List<String> getProtect() {
        return List.copyOf(protect);
    }

    @DataBoundSetter
    public void setProtect(List<String> protect) {
        this.protect = new ArrayList<>(Util.fixNull(protect));
    }

    public Integer getMaxDelete() {
        return maxDelete;
    }

    @DataBoundSetter
    public void setMaxDelete(Integer maxDelete) {
        this.maxDelete = maxDelete;
    }

    public boolean isOrphans() {
        return orphans;
    }

    @DataBoundSetter
    public void setOrphans(boolean orphans) {
        this.orphans = orphans;
    }

    public boolean isDryRun() {
        return dryRun;
    }

    @DataBoundSetter
    public void setDryRun(boolean dryRun) {
        this.dryRun = dryRun;
    }

    @Override
    String phrase() {
        return "prune " + shown();
    }

    @Override
    RepositoryLocks.Names locks() {
        return dryRun ? RepositoryLocks.Names.NONE : RepositoryLocks.Names.repository(name());
    }

    @Override
    Operation<PruneReceipt> operation(StepRun run) throws AbortException {
        boolean onlyOrphans = orphans && keep == null && olderThanDays == null;
        RetentionPolicy policy = onlyOrphans
                ? RetentionPolicy.keepingAll()
                : new RetentionPolicy(tags(), optional(keep), optional(olderThanDays), protect);
        PruneRequest request =
                new PruneRequest(name(), policy, maxDelete == null ? Integer.MAX_VALUE : maxDelete, dryRun);
        run.say((dryRun ? "Planning to prune " : "Pruning ")
                + run.link(name(), name().toString())
                + (dryRun ? "; 'dryRun: false' deletes" : ""));
        return (orphans ? request.withOrphans() : request).with(login(run));
    }

    private static OptionalInt optional(Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    @Override
    Object result(PruneReceipt receipt, StepRun run) {
        receipt.refused().forEach(refused -> run.say(StepFailure.oneLine(refused.reason())));
        run.say(receipt.line());
        return receipt.asMap();
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends PatternStepDescriptor {

        @RequirePOST
        public FormValidation doCheckKeep(
                @QueryParameter String value, @QueryParameter String olderThanDays, @QueryParameter boolean orphans) {
            return !orphans && Util.fixEmptyAndTrim(value) == null && Util.fixEmptyAndTrim(olderThanDays) == null
                    ? FormValidation.error(Messages.PruneImageTagsStep_keepOrOlder())
                    : ImageForm.checkOptionalCount(value);
        }

        @RequirePOST
        public FormValidation doCheckOlderThanDays(@QueryParameter String value) {
            return ImageForm.checkOptionalCount(value);
        }

        @RequirePOST
        public FormValidation doCheckMaxDelete(@QueryParameter String value) {
            return ImageForm.checkOptionalCount(value);
        }

        @RequirePOST
        public FormValidation doCheckProtect(@QueryParameter String value) {
            return ImageForm.ifGiven(value, line -> RetentionPolicy.globs(FormFields.words(line)));
        }
    }
}
