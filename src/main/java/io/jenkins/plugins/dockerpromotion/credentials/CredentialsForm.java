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
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;

/**
 * The {@code credentialsId} field of forms. Those who may not see credentials learn nothing: their list holds the value
 * the form already has, and any value is right.
 */
public final class CredentialsForm {

    private CredentialsForm() {}

    /** The credentials a registry can be shown: username and password, secret text, and what other plugins turn. */
    public static ListBoxModel items(@CheckForNull Item item, String current, String registry) {
        return items(item, current, registry, RegistryCredentials.anyKind());
    }

    /** The same without all that is not a username and password. */
    public static ListBoxModel usernamePasswordItems(@CheckForNull Item item, String current, String registry) {
        return items(item, current, registry, RegistryCredentials.usernamePassword());
    }

    /** Whether there are such credentials; none at all are right. */
    public static FormValidation check(@CheckForNull Item item, String value, String registry) {
        return check(item, value, registry, RegistryCredentials.anyKind());
    }

    /** Whether there is such a username and password; none at all is an error. */
    public static FormValidation checkUsernamePassword(@CheckForNull Item item, String value, String registry) {
        if (maySee(item) && Util.fixEmptyAndTrim(value) == null) {
            return FormValidation.error(Messages.CredentialsForm_required());
        }
        return check(item, value, registry, RegistryCredentials.usernamePassword());
    }

    /** Whether the user may see which credentials there are. */
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
                    forBuilds(kinds));
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
        // The value of a credentials parameter is known to the build only.
        if (!maySee(item) || id == null || id.startsWith("${")) {
            return FormValidation.ok();
        }
        CredentialsMatcher wanted = CredentialsMatchers.allOf(CredentialsMatchers.withId(id), kinds);
        ListBoxModel found = item == null
                ? CredentialsProvider.listCredentialsInItemGroup(
                        StandardCredentials.class,
                        Jenkins.get(),
                        ACL.SYSTEM2,
                        RegistryCredentials.requirements(registry),
                        forBuilds(wanted))
                : CredentialsProvider.listCredentialsInItem(
                        StandardCredentials.class,
                        item,
                        runningAs(item),
                        RegistryCredentials.requirements(registry),
                        wanted);
        return found.isEmpty() ? FormValidation.error(Messages.CredentialsForm_notFound(id)) : FormValidation.ok();
    }

    /** Jenkins itself has credentials that no build can use. */
    private static CredentialsMatcher forBuilds(CredentialsMatcher wanted) {
        return CredentialsMatchers.allOf(
                wanted, CredentialsMatchers.not(CredentialsMatchers.withScope(CredentialsScope.SYSTEM)));
    }

    /** The user whose credentials a build of this item finds. */
    static Authentication runningAs(Item item) {
        return item instanceof Queue.Task task ? Tasks.getAuthenticationOf2(task) : ACL.SYSTEM2;
    }
}
