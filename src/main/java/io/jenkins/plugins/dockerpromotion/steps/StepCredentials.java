package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import io.jenkins.plugins.dockerpromotion.credentials.RegistryCredentials;
import io.jenkins.plugins.dockerpromotion.dockerconfig.RegistryKey;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import java.util.Optional;

/**
 * The credentials of a step: its own, or the configured default of the registry. Either way, the build must be allowed
 * to use them.
 */
final class StepCredentials {

    private StepCredentials() {}

    /**
     * Returns an anonymous login if there are no credentials. Logs the use of default credentials.
     *
     * @param host of the registry, as in image names
     */
    static RegistryAuthentication find(Run<?, ?> run, TaskListener listener, String credentialsId, String host)
            throws AbortException {
        return RegistryCredentials.find(run, inForce(listener, credentialsId, host), host);
    }

    /** The same for steps that require a username and password. */
    static Basic findUsernamePassword(Run<?, ?> run, TaskListener listener, String credentialsId, String host)
            throws AbortException {
        return RegistryCredentials.findUsernamePassword(run, inForce(listener, credentialsId, host), host);
    }

    /** For forms: the credentials that builds of {@code item} would use; {@code null} means Jenkins itself. */
    static RegistryAuthentication find(Item item, String credentialsId, String host) throws AbortException {
        String given = Util.fixEmptyAndTrim(credentialsId);
        return RegistryCredentials.find(item, given == null ? usual(host).orElse(null) : given, host);
    }

    private static Optional<String> usual(String host) {
        return DockerPromotionConfiguration.get().credentialsIdFor(host);
    }

    private static String inForce(TaskListener listener, String credentialsId, String host) {
        if (credentialsId != null) {
            return credentialsId;
        }
        Optional<String> usual = usual(host);
        usual.ifPresent(id -> listener.getLogger()
                .println("Using the default credentials '" + id + "' from the global configuration for " + host));
        return usual.orElse(null);
    }

    /** Validates {@code credentialsId} in a form, or shows the default that is used without it. */
    static FormValidation check(Item item, String credentialsId, String registry) {
        return shownDefault(item, credentialsId, registry)
                .orElseGet(() -> CredentialsForm.check(item, credentialsId, registry));
    }

    /** The same for steps that require a username and password. */
    static FormValidation checkUsernamePassword(Item item, String credentialsId, String registry) {
        return shownDefault(item, credentialsId, registry)
                .orElseGet(() -> CredentialsForm.checkUsernamePassword(item, credentialsId, registry));
    }

    private static Optional<FormValidation> shownDefault(Item item, String credentialsId, String registry) {
        if (Util.fixEmptyAndTrim(credentialsId) != null || !CredentialsForm.maySee(item)) {
            return Optional.empty();
        }
        String host;
        try {
            host = RegistryKey.of(Util.fixNull(registry)).host();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return usual(host).map(id -> FormValidation.ok(Messages.StepCredentials_default(id)));
    }
}
