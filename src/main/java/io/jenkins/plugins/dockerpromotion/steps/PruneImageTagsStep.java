package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.agent.PruneOperation;
import io.jenkins.plugins.dockerpromotion.form.TextList;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.tags.ProtectedTags;
import io.jenkins.plugins.dockerpromotion.tags.PruneReceipt;
import io.jenkins.plugins.dockerpromotion.tags.PruneRequest;
import io.jenkins.plugins.dockerpromotion.tags.RetentionPolicy;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Deletes the tags of an image that a policy lets go; unless told otherwise, only says which these are. */
public final class PruneImageTagsStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final List<String> DEFAULT_PROTECTED = List.of("latest");

    private final String image;
    private String credentialsId;
    private String pattern;
    private String regex;
    private Integer keep;
    private Integer olderThanDays;
    private List<String> protect = new ArrayList<>(DEFAULT_PROTECTED);
    private Integer maxDelete;
    private boolean dryRun = true;

    @DataBoundConstructor
    public PruneImageTagsStep(String image) {
        this.image = Util.fixEmptyAndTrim(image);
    }

    public String getImage() {
        return image;
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public String getPattern() {
        return pattern;
    }

    @DataBoundSetter
    public void setPattern(String pattern) {
        this.pattern = Util.fixEmptyAndTrim(pattern);
    }

    public String getRegex() {
        return regex;
    }

    @DataBoundSetter
    public void setRegex(String regex) {
        this.regex = Util.fixEmptyAndTrim(regex);
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
        return protect;
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
    private PruneRequest request() {
        RetentionPolicy policy = new RetentionPolicy(
                TagSelection.of(pattern, regex), optional(keep), optional(olderThanDays), new ProtectedTags(protect));
        return new PruneRequest(
                ImageName.parse(image), policy, maxDelete == null ? Integer.MAX_VALUE : maxDelete, dryRun);
    }

    private static OptionalInt optional(Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static final class Execution extends AgentStepExecution<PruneReceipt> {
        private static final long serialVersionUID = 1L;

        private final PruneImageTagsStep step;

        Execution(PruneImageTagsStep step, StepContext context) {
            super(context);
            this.step = step;
        }

        @Override
        String phrase() {
            return "prune " + StepFailure.image(step.image);
        }

        @Override
        Operation<PruneReceipt> operation(Run<?, ?> run, TaskListener listener) throws AbortException {
            PruneRequest request = step.request();
            listener.getLogger()
                    .println((step.dryRun ? "Planning to prune " : "Pruning ")
                            + PageLink.of(request.image(), request.image().toString())
                            + (step.dryRun ? "; 'dryRun: false' deletes" : ""));
            return new PruneOperation(
                    request,
                    StepCredentials.find(
                            run, listener, step.credentialsId, request.image().host()));
        }

        @Override
        Object conclude(PruneReceipt receipt, Run<?, ?> run, TaskListener listener) {
            receipt.refused().forEach(refused -> listener.getLogger().println(StepFailure.oneLine(refused.reason())));
            listener.getLogger().println(receipt.line());
            return receipt.asMap();
        }
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends ImageStepDescriptor {

        @Override
        public String getFunctionName() {
            return "pruneImageTags";
        }

        @Override
        public String getDisplayName() {
            return Messages.PruneImageTagsStep_displayName();
        }

        /** The form has one line for all protected tags. */
        @Override
        public Step newInstance(StaplerRequest2 request, JSONObject form) throws Descriptor.FormException {
            TextList.split(form, "protect", TextList::words);
            return super.newInstance(request, form);
        }

        /** What the form shows for {@code protect}. */
        public String protectLine(PruneImageTagsStep step) {
            return TextList.ofWords(step == null ? DEFAULT_PROTECTED : step.protect);
        }

        @RequirePOST
        public FormValidation doCheckPattern(@QueryParameter String value, @QueryParameter String regex) {
            return TagSelection.checkPattern(value, regex);
        }

        @RequirePOST
        public FormValidation doCheckRegex(@QueryParameter String value) {
            return TagSelection.checkRegex(value);
        }

        @RequirePOST
        public FormValidation doCheckKeep(@QueryParameter String value, @QueryParameter String olderThanDays) {
            return Util.fixEmptyAndTrim(value) == null && Util.fixEmptyAndTrim(olderThanDays) == null
                    ? FormValidation.error(Messages.PruneImageTagsStep_keepOrOlder())
                    : positiveIfGiven(value);
        }

        @RequirePOST
        public FormValidation doCheckOlderThanDays(@QueryParameter String value) {
            return positiveIfGiven(value);
        }

        @RequirePOST
        public FormValidation doCheckMaxDelete(@QueryParameter String value) {
            return positiveIfGiven(value);
        }

        @RequirePOST
        public FormValidation doCheckProtect(@QueryParameter String value) {
            return ImageForm.ifGiven(value, line -> new ProtectedTags(TextList.words(line)));
        }

        private static FormValidation positiveIfGiven(String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.ok()
                    : FormValidation.validatePositiveInteger(value);
        }
    }
}
