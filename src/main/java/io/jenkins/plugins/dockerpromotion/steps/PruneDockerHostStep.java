package io.jenkins.plugins.dockerpromotion.steps;

import hudson.EnvVars;
import hudson.Extension;
import hudson.FilePath;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.agent.PruneHostOperation;
import io.jenkins.plugins.dockerpromotion.dockerhost.Age;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostPolicy;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostReceipt;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Removes what nobody needs any more from the Docker daemon of the agent, and nothing that a running build may use. */
public final class PruneDockerHostStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String DEFAULT_AGE = "2h";

    private String until = DEFAULT_AGE;
    private boolean images = true;
    private boolean volumes = true;
    private boolean dryRun;

    @DataBoundConstructor
    public PruneDockerHostStep() {}

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
    public StepExecution start(StepContext context) {
        return new Execution(this, context);
    }

    private static final class Execution extends AgentStepExecution<HostReceipt> {
        private static final long serialVersionUID = 1L;

        private final PruneDockerHostStep step;

        Execution(PruneDockerHostStep step, StepContext context) {
            super(context);
            this.step = step;
        }

        @Override
        String phrase() {
            return "prune Docker on " + agent();
        }

        @Override
        Operation<HostReceipt> operation(Run<?, ?> run, TaskListener listener)
                throws IOException, InterruptedException {
            HostPolicy policy = new HostPolicy(
                    Age.parse(step.until), step.images, step.volumes, step.dryRun, RunningBuilds.busyWith(run));
            listener.getLogger()
                    .println((step.dryRun ? "Looking for" : "Removing") + " what Docker on " + agent()
                            + " has not used for " + step.until + ", and no running build may be using");
            return new PruneHostOperation(policy, environment());
        }

        /** What the docker client goes by, and nothing else of the build's environment, which may hold secrets. */
        private Map<String, String> environment() throws IOException, InterruptedException {
            Map<String, String> environment = new TreeMap<>();
            getContext().get(EnvVars.class).forEach((name, value) -> {
                if (name.equals("PATH") || name.startsWith("DOCKER_")) {
                    environment.put(name, value);
                } else if (name.equalsIgnoreCase("PATH")) {
                    // As Windows writes it.
                    environment.putIfAbsent("PATH", value);
                }
            });
            return environment;
        }

        @Override
        Object conclude(HostReceipt receipt, Run<?, ?> run, TaskListener listener) {
            listener.getLogger().println(receipt);
            return receipt.asMap();
        }
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends StepDescriptor implements StrictParameters {

        @Override
        public String getFunctionName() {
            return "pruneDockerHost";
        }

        @Override
        public String getDisplayName() {
            return Messages.PruneDockerHostStep_displayName();
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class, FilePath.class, EnvVars.class);
        }

        @RequirePOST
        public FormValidation doCheckUntil(@QueryParameter String value) {
            return ImageForm.ifGiven(value, Age::parse);
        }
    }
}
