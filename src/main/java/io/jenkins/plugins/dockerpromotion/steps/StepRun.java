package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.console.HyperlinkNote;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.credentials.RegistryCredentials;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.RegistryPage;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.UUID;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The context of a running step.
 *
 * @param id of this step in the build; does not change at a restart
 */
record StepRun(Run<?, ?> build, TaskListener listener, StepContext context, UUID id) {

    static StepRun of(StepContext context, UUID id) throws IOException, InterruptedException {
        return new StepRun(context.get(Run.class), context.get(TaskListener.class), context, id);
    }

    /** Prints a line in the build's log. */
    void say(String line) {
        listener.getLogger().println(line);
    }

    /** A text for the log that links to the page of an image, if its registry has one. */
    String link(ImageName image, String text) {
        return link(RegistryPage.of(image), text);
    }

    /** The same for the page of a tag; for a digest, the page of the image. */
    String link(ImageReference reference, String text) {
        return link(
                Tag.isValid(reference.reference())
                        ? RegistryPage.of(reference.name(), new Tag(reference.reference()))
                        : RegistryPage.of(reference.name()),
                text);
    }

    String link(Optional<URI> page, String text) {
        return page.map(address -> HyperlinkNote.encodeTo(address.toString(), text))
                .orElse(text);
    }

    EnvVars environment() throws IOException, InterruptedException {
        return context.get(EnvVars.class);
    }

    /**
     * The login for a registry: with the given credentials, the registry's default credentials, or anonymous. The build
     * must be allowed to use them.
     *
     * @param host of the registry, as in image names
     */
    RegistryAuthentication login(String credentialsId, String host) throws AbortException {
        return RegistryCredentials.find(build, inForce(credentialsId, host), host);
    }

    /** The same for steps that require a username and password. */
    RegistryAuthentication.Basic passwordLogin(String credentialsId, String host) throws AbortException {
        return RegistryCredentials.findUsernamePassword(build, inForce(credentialsId, host), host);
    }

    private String inForce(String credentialsId, String host) {
        if (credentialsId != null) {
            return credentialsId;
        }
        Optional<String> usual = DockerPromotionConfiguration.get().credentialsIdFor(host);
        usual.ifPresent(
                id -> say("Using the default credentials '" + id + "' from the global configuration for " + host));
        return usual.orElse(null);
    }
}
