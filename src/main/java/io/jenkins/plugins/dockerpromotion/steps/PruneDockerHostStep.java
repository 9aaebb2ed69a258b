package io.jenkins.plugins.dockerpromotion.steps;

import hudson.Extension;
import hudson.FilePath;
import hudson.Util;
import hudson.model.Computer;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostPolicy;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostReceipt;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import java.io.IOException;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Removes unused Docker data from the agent, except data that a running build may use. */
public final class PruneDockerHostStep extends AgentStep<HostReceipt> {

    private static final long serialVersionUID = 1L;
    private static final String DEFAULT_AGE = "2h";

    private String until = DEFAULT_AGE;
    private boolean images = true;
    private boolean volumes = true;
    private boolean dryRun;
    /** Where this step runs, for messages. */
    private String agent;

    @DataBoundConstructor
    public PruneDockerHostStep() {
        // All parameters have a default.
    }

    public String getUntil() {
        return until;
    }

    @DataBoundSetter
    public void setUntil(String until) {
        String given = Util.fixEmptyAndTrim(until);
        this.until = given == null ? DEFAULT_AGE : given;
    }

    public boolean isImages() {
        return images;
    }

    @DataBoundSetter
    public void setImages(boolean images) {
        this.images = images;
    }

    public boolean isVolumes() {
        return volumes;
    }

    @DataBoundSetter
    public void setVolumes(boolean volumes) {
        this.volumes = volumes;
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
        agent = AgentPlace.of(context.get(FilePath.class)).toString();
        return super.start(context);
    }

    @Override
    String phrase() {
        return "prune Docker on " + agent;
    }

    @Override
    Operation<HostReceipt> operation(StepRun run) throws IOException, InterruptedException {
        Map<String, String> environment = HostPolicy.environment(run.environment());
        HostPolicy policy = new HostPolicy(
                HostPolicy.parseAge(until),
                images,
                volumes,
                dryRun,
                RunningBuilds.busyWith(run.build(), run.context().get(Computer.class), environment),
                environment);
        run.say((dryRun ? "Looking for" : "Removing") + " Docker data on " + agent + " unused for " + until
                + ", except what running builds may use");
        return policy;
    }

    @Override
    Object result(HostReceipt receipt, StepRun run) {
        run.say(receipt.toString());
        return receipt.asMap();
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends StrictStepDescriptor {

        @RequirePOST
        public FormValidation doCheckUntil(@QueryParameter String value) {
            return ImageForm.ifGiven(value, HostPolicy::parseAge);
        }
    }
}
