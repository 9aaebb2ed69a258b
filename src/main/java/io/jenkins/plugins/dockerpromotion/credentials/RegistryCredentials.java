package io.jenkins.plugins.dockerpromotion.credentials;

import com.cloudbees.plugins.credentials.CredentialsMatcher;
import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.UsernamePasswordCredentials;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.security.ACL;
import io.jenkins.plugins.dockerpromotion.dockerconfig.RegistryKey;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import jenkins.authentication.tokens.api.AuthenticationTokens;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.docker.commons.credentials.DockerRegistryToken;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** Resolves credentials by id into a login, for one build and one registry. */
public final class RegistryCredentials {

    private static final String ANY_KIND = "a username and password, a secret text (an access token), or credentials"
            + " that another plugin converts to a registry login";
    private static final String USERNAME_PASSWORD = "a username and password";

    private RegistryCredentials() {}

    /**
     * Returns the login from credentials, and records their use.
     *
     * @param credentialsId blank for none
     * @param registry {@code host[:port]}; blank for Docker Hub; credentials whose domain excludes it are not used
     * @throws AbortException in one line for the Pipeline author, if they do not exist, if the build may not use them,
     *     or if their type is not supported
     */
    public static RegistryAuthentication find(Run<?, ?> run, String credentialsId, String registry)
            throws AbortException {
        String id = Util.fixEmptyAndTrim(credentialsId);
        if (id == null) {
            return RegistryAuthentication.ANONYMOUS;
        }
        return found(run, id, registry, ANY_KIND, RegistryCredentials::convert);
    }

    /**
     * The same for a form without a build: resolves what builds of {@code item} could use. The caller must check that
     * the user may configure it. Credentials that the user may not see are not found.
     *
     * @param item {@code null} for Jenkins itself
     * @throws AbortException in one line for the user
     */
    public static RegistryAuthentication find(@CheckForNull Item item, String credentialsId, String registry)
            throws AbortException {
        String id = Util.fixEmptyAndTrim(credentialsId);
        if (id == null) {
            return RegistryAuthentication.ANONYMOUS;
        }
        StandardCredentials credentials =
                CredentialsMatchers.firstOrNull(visible(item, registry), CredentialsMatchers.withId(id));
        if (credentials == null) {
            throw missing(id, registry, item == null ? "Jenkins" : item.getFullDisplayName(), ANY_KIND);
        }
        if (item != null) {
            CredentialsProvider.track(item, credentials);
        }
        return converted(credentials, id, registry, ANY_KIND, RegistryCredentials::convert);
    }

    /**
     * The same for username and password only; the id is required.
     *
     * @throws AbortException in one line for the author
     */
    public static Basic findUsernamePassword(Run<?, ?> run, String credentialsId, String registry)
            throws AbortException {
        String id = Util.fixEmptyAndTrim(credentialsId);
        if (id == null) {
            throw new AbortException("No credentials are given: set credentialsId to the id of " + USERNAME_PASSWORD
                    + " (or access token) for " + shown(registry) + ".");
        }
        return found(run, id, registry, USERNAME_PASSWORD, RegistryCredentials::basicOnly);
    }

    /** Those that builds of {@code item} can use; none if the user may not see them. */
    static List<StandardCredentials> visible(@CheckForNull Item item, String registry) {
        if (!CredentialsForm.maySee(item)) {
            return List.of();
        }
        Class<StandardCredentials> type = StandardCredentials.class;
        return item == null
                ? CredentialsMatchers.filter(
                        CredentialsProvider.lookupCredentialsInItemGroup(
                                type, Jenkins.get(), ACL.SYSTEM2, requirements(registry)),
                        CredentialsForm.notForJenkinsAlone())
                : CredentialsProvider.lookupCredentialsInItem(
                        type, item, CredentialsForm.runningAs(item), requirements(registry));
    }

    static CredentialsMatcher anyKind() {
        return CredentialsMatchers.anyOf(
                usernamePassword(),
                CredentialsMatchers.instanceOf(StringCredentials.class),
                AuthenticationTokens.matcher(DockerRegistryToken.class));
    }

    static CredentialsMatcher usernamePassword() {
        return CredentialsMatchers.instanceOf(UsernamePasswordCredentials.class);
    }

    /** The requirement that matches domains of credentials; empty for a text that is not a registry. */
    static List<DomainRequirement> requirements(String registry) {
        try {
            RegistryKey key = RegistryKey.of(Util.fixNull(registry));
            // The name that other Docker plugins also use for Docker Hub's credentials.
            String host = key.isDockerHub() ? "index.docker.io" : key.host();
            return URIRequirementBuilder.fromUri("https://" + host).build();
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    private static <T> T found(
            Run<?, ?> run,
            String id,
            String registry,
            String kinds,
            Function<StandardCredentials, Optional<T>> conversion)
            throws AbortException {
        StandardCredentials credentials =
                CredentialsProvider.findCredentialById(id, StandardCredentials.class, run, requirements(registry));
        if (credentials == null) {
            throw missing(id, registry, run.getParent().getFullDisplayName(), kinds);
        }
        CredentialsProvider.track(run, credentials);
        return converted(credentials, id, registry, kinds, conversion);
    }

    private static <T> T converted(
            StandardCredentials credentials,
            String id,
            String registry,
            String kinds,
            Function<StandardCredentials, Optional<T>> conversion)
            throws AbortException {
        try {
            return conversion
                    .apply(credentials)
                    .orElseThrow(() -> failure(
                            id,
                            registry,
                            "they are of the kind '"
                                    + credentials.getDescriptor().getDisplayName() + "'; use " + kinds));
        } catch (IllegalArgumentException e) {
            throw failure(id, registry, e.getMessage() + "; correct them");
        }
    }

    private static Optional<RegistryAuthentication> convert(StandardCredentials credentials) {
        if (credentials instanceof UsernamePasswordCredentials) {
            return basicOnly(credentials).map(basic -> basic);
        }
        if (credentials instanceof StringCredentials text) {
            // Pasted tokens often end with a line break.
            return Optional.of(new Bearer(text.getSecret().getPlainText().trim()));
        }
        return Optional.ofNullable(AuthenticationTokens.convert(DockerRegistryToken.class, credentials))
                .map(token -> decoded(token.getToken()));
    }

    private static Optional<Basic> basicOnly(StandardCredentials credentials) {
        return credentials instanceof UsernamePasswordCredentials login
                ? Optional.of(new Basic(login.getUsername(), login.getPassword().getPlainText()))
                : Optional.empty();
    }

    /** A {@link DockerRegistryToken} is the {@code auth} of a Docker configuration: encoded username and password. */
    private static Basic decoded(String token) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(token.trim()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("their plugin provides a token that is not base64");
        }
        int colon = pair.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("their plugin provides a token without a username");
        }
        return new Basic(pair.substring(0, colon), pair.substring(colon + 1));
    }

    private static AbortException missing(String id, String registry, String user, String kinds) {
        return failure(
                id,
                registry,
                "there are none with this id that " + user + " may use for this registry; create them as " + kinds
                        + ", or correct the id, their scope or the host names of their domain");
    }

    private static AbortException failure(String id, String registry, String why) {
        return new AbortException("Cannot use the credentials '" + id + "' for " + shown(registry) + ": " + why);
    }

    private static String shown(String registry) {
        return RegistryKey.of(Util.fixNull(registry)).host();
    }
}
