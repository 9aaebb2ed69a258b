package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.FilePath;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.agent.HubTokenOperation;
import io.jenkins.plugins.dockerpromotion.credentials.BuildSecrets;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import java.io.IOException;
import java.io.Serializable;
import java.util.Set;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Gets a token of Docker Hub's API and masks it in the log for the rest of the build. */
public final class DockerHubTokenStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String credentialsId;

    @DataBoundConstructor
    public DockerHubTokenStep(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(this, context);
    }

    private static final class Execution extends AgentStepExecution<String> {
        private static final long serialVersionUID = 1L;

        private final DockerHubTokenStep step;

        Execution(DockerHubTokenStep step, StepContext context) {
            super(context);
            this.step = step;
        }

        @Override
        String phrase() {
            return "get a token of Docker Hub";
        }

        @Override
        Operation<String> operation(Run<?, ?> run, TaskListener listener) throws AbortException {
            Basic credential =
                    StepCredentials.findUsernamePassword(run, listener, step.credentialsId, ImageName.DOCKER_HUB);
            listener.getLogger().println("Getting a token of Docker Hub for " + credential.username());
            return new HubTokenOperation(credential);
        }

        @Override
        Object conclude(String answer, Run<?, ?> run, TaskListener listener) throws IOException {
            String token = new Bearer(answer).token();
            BuildSecrets.mask(run, token);
            listener.getLogger().println("Got a token of Docker Hub, valid for ten minutes and masked in this log");
            return token;
        }
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends StepDescriptor implements StrictParameters {

        @Override
        public String getFunctionName() {
            return "dockerHubToken";
        }

        @Override
        public String getDisplayName() {
            return Messages.DockerHubTokenStep_displayName();
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class, FilePath.class);
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return CredentialsForm.usernamePasswordItems(item, credentialsId, ImageName.DOCKER_HUB);
        }

        @RequirePOST
        public FormValidation doCheckCredentialsId(@AncestorInPath Item item, @QueryParameter String value) {
            return StepCredentials.checkUsernamePassword(item, value, ImageName.DOCKER_HUB);
        }
    }
}
