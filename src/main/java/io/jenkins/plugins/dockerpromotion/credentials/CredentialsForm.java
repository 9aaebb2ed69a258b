package io.jenkins.plugins.dockerpromotion.credentials;

import com.cloudbees.plugins.credentials.CredentialsMatcher;
import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Queue;
import hudson.model.queue.Tasks;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;

/**
 * The {@code credentialsId} field of forms. Users who may not see credentials get a list with the current value only,
 * and every value is accepted.
 */
public final class CredentialsForm {

    private CredentialsForm() {}

    /** The supported credentials: username and password, secret text, and types that other plugins convert. */
    public static ListBoxModel items(@CheckForNull Item item, String current, String registry) {
        return items(item, current, registry, RegistryCredentials.anyKind());
    }

    /** Username and password only. */
    public static ListBoxModel usernamePasswordItems(@CheckForNull Item item, String current, String registry) {
        return items(item, current, registry, RegistryCredentials.usernamePassword());
    }

    /** Checks that the credentials exist; empty is allowed. */
    public static FormValidation check(@CheckForNull Item item, String value, String registry) {
        return check(item, value, registry, RegistryCredentials.anyKind());
    }

    /** Checks that the username and password exist; empty is an error. */
    public static FormValidation checkUsernamePassword(@CheckForNull Item item, String value, String registry) {
        if (maySee(item) && Util.fixEmptyAndTrim(value) == null) {
            return FormValidation.error(Messages.CredentialsForm_required());
        }
        return check(item, value, registry, RegistryCredentials.usernamePassword());
    }

    /** The registry of an image name that may be incomplete; Docker Hub if the name is not valid. */
    public static String registryOf(String image) {
        try {
            return ImageName.parse(Util.fixNull(image).trim()).host();
        } catch (IllegalArgumentException e) {
            return ImageName.DOCKER_HUB;
        }
    }

    /** Whether the user may list credentials. */
    public static boolean maySee(@CheckForNull Item item) {
        return item == null
                ? Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                : item.hasPermission(Item.EXTENDED_READ) || item.hasPermission(CredentialsProvider.USE_ITEM);
    }

    private static ListBoxModel items(Item item, String current, String registry, CredentialsMatcher kinds) {
        StandardListBoxModel model = new StandardListBoxModel();
        if (!maySee(item)) {
            return model.includeCurrentValue(Util.fixNull(current));
        }
        model.includeEmptyValue();
        if (item == null) {
            model.includeMatchingAs(
                    ACL.SYSTEM2,
                    Jenkins.get(),
                    StandardCredentials.class,
                    RegistryCredentials.requirements(registry),
                    CredentialsMatchers.allOf(kinds, notForJenkinsAlone()));
        } else {
            model.includeMatchingAs(
                    runningAs(item),
                    item,
                    StandardCredentials.class,
                    RegistryCredentials.requirements(registry),
                    kinds);
        }
        return model.includeCurrentValue(Util.fixNull(current));
    }

    private static FormValidation check(Item item, String value, String registry, CredentialsMatcher kinds) {
        String id = Util.fixEmptyAndTrim(value);
        // The value of a credentials parameter is known in the build only.
        if (!maySee(item) || id == null || id.startsWith("${")) {
            return FormValidation.ok();
        }
        CredentialsMatcher wanted = CredentialsMatchers.allOf(CredentialsMatchers.withId(id), kinds);
        return CredentialsMatchers.firstOrNull(RegistryCredentials.visible(item, registry), wanted) == null
                ? FormValidation.error(Messages.CredentialsForm_notFound(id))
                : FormValidation.ok();
    }

    /** Jenkins itself also has credentials that builds cannot use. */
    static CredentialsMatcher notForJenkinsAlone() {
        return CredentialsMatchers.not(CredentialsMatchers.withScope(CredentialsScope.SYSTEM));
    }

    /** The user whose credentials a build of this item can use. */
    static Authentication runningAs(Item item) {
        return item instanceof Queue.Task task ? Tasks.getAuthenticationOf2(task) : ACL.SYSTEM2;
    }
}
