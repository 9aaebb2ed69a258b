package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.credentials.BuildSecrets;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import io.jenkins.plugins.dockerpromotion.registry.DockerHub;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.io.IOException;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Gets a token for Docker Hub's API, and masks it in the log for the rest of the build. */
public final class DockerHubTokenStep extends AgentStep<String> {

    private static final long serialVersionUID = 1L;

    private final String credentialsId;

    /** A parameter of the constructor, so that {@code dockerHubToken('docker-hub')} needs no name. */
    @DataBoundConstructor
    public DockerHubTokenStep(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @Override
    String phrase() {
        return "get a Docker Hub token";
    }

    @Override
    Operation<String> operation(StepRun run) throws AbortException {
        Basic login = run.passwordLogin(credentialsId, ImageName.DOCKER_HUB);
        run.say("Getting a Docker Hub token for " + login.username());
        return new Request(login);
    }

    private record Request(Basic login) implements Operation<String> {

        private static final long serialVersionUID = 1L;

        @Override
        public String run(RegistryContext context) throws RegistryException, InterruptedException {
            return DockerHub.token(login, context);
        }
    }

    @Override
    Object result(String token, StepRun run) throws IOException {
        BuildSecrets.mask(run.build(), token);
        run.say("Got a Docker Hub token, valid for ten minutes and masked in this log");
        return token;
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends StrictStepDescriptor {

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return CredentialsForm.usernamePasswordItems(item, credentialsId, ImageName.DOCKER_HUB);
        }

        @RequirePOST
        public FormValidation doCheckCredentialsId(@AncestorInPath Item item, @QueryParameter String value) {
            return ImageForm.checkUsernamePassword(item, value, ImageName.DOCKER_HUB);
        }
    }
}
