package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.config.FormFields;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest.Inherit;
import io.jenkins.plugins.dockerpromotion.dockerconfig.RegistryKey;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Runs a block with its own Docker configuration that contains the given logins. */
public final class IsolatedDockerConfigStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    private String registry;
    private String credentialsId;
    private List<RegistryLogin> registries = List.of();
    private boolean inherit = true;
    private boolean inheritGiven;

    @DataBoundConstructor
    public IsolatedDockerConfigStep() {
        // Everything is optional: a block without a login is isolated too.
    }

    public String getRegistry() {
        return registry;
    }

    @DataBoundSetter
    public void setRegistry(String registry) {
        this.registry = Util.fixEmptyAndTrim(registry);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public List<RegistryLogin> getRegistries() {
        return registries;
    }

    @DataBoundSetter
    public void setRegistries(List<RegistryLogin> registries) {
        this.registries = new ArrayList<>(Util.fixNull(registries));
    }

    public boolean isInherit() {
        return inherit;
    }

    /** With {@code inherit: true}, unreadable settings of the agent are an error; by default, they are a warning. */
    Inherit inheritance() {
        return !inherit ? Inherit.NOTHING : inheritGiven ? Inherit.REQUIRED : Inherit.IF_READABLE;
    }

    @DataBoundSetter
    public void setInherit(boolean inherit) {
        this.inherit = inherit;
        this.inheritGiven = true;
    }

    @Override
    public StepExecution start(StepContext context) {
        return new IsolatedDockerConfigExecution(this, context);
    }

    /** The logins of the block, in the order given. */
    Map<RegistryKey, RegistryAuthentication> logins(StepRun run) throws AbortException {
        List<RegistryLogin> all = new ArrayList<>(registries);
        if (registry != null || credentialsId != null) {
            all.add(0, new RegistryLogin(registry, credentialsId));
        }
        Map<RegistryKey, RegistryAuthentication> logins = new LinkedHashMap<>();
        for (RegistryLogin login : all) {
            RegistryKey key = login.key();
            if (logins.containsKey(key)) {
                throw new AbortException("isolatedDockerConfig has two logins for " + key.host()
                        + ", but a Docker configuration can have only one for each registry; remove one of them.");
            }
            logins.put(key, run.login(login.getCredentialsId(), key.host()));
        }
        return logins;
    }

    /** One registry with its credentials. */
    public static final class RegistryLogin extends AbstractDescribableImpl<RegistryLogin> implements Serializable {

        private static final long serialVersionUID = 1L;

        private final String url;
        private final String credentialsId;

        @DataBoundConstructor
        public RegistryLogin(String url, String credentialsId) {
            this.url = Util.fixEmptyAndTrim(url);
            this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
        }

        public String getUrl() {
            return url;
        }

        public String getCredentialsId() {
            return credentialsId;
        }

        private RegistryKey key() throws AbortException {
            try {
                return RegistryKey.of(Util.fixNull(url));
            } catch (IllegalArgumentException e) {
                throw new AbortException("isolatedDockerConfig: " + e.getMessage());
            }
        }

        /** Form of one registry. */
        @Extension
        public static final class DescriptorImpl extends Descriptor<RegistryLogin> {

            @Override
            public String getDisplayName() {
                return Messages.IsolatedDockerConfigStep_RegistryLogin_displayName();
            }

            @RequirePOST
            public FormValidation doCheckUrl(@AncestorInPath Item item, @QueryParameter String value) {
                return checkRegistry(item, value);
            }

            @RequirePOST
            public ListBoxModel doFillCredentialsIdItems(
                    @AncestorInPath Item item, @QueryParameter String credentialsId, @QueryParameter String url) {
                return CredentialsForm.items(item, credentialsId, url);
            }

            @RequirePOST
            public FormValidation doCheckCredentialsId(
                    @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String url) {
                return ImageForm.checkCredentials(item, value, url);
            }
        }
    }

    private static FormValidation checkRegistry(Item item, String value) {
        if (!CredentialsForm.maySee(item)) {
            return FormValidation.ok();
        }
        return FormFields.check(() -> RegistryKey.of(Util.fixNull(value)).isDockerHub()
                ? FormValidation.ok(Messages.IsolatedDockerConfigStep_dockerHub())
                : FormValidation.ok());
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends StrictStepDescriptor {

        @Override
        public boolean takesImplicitBlockArgument() {
            return true;
        }

        @Override
        public Set<? extends Class<?>> getProvidedContext() {
            return Set.of(EnvVars.class);
        }

        @RequirePOST
        public FormValidation doCheckRegistry(@AncestorInPath Item item, @QueryParameter String value) {
            return checkRegistry(item, value);
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String credentialsId, @QueryParameter String registry) {
            return CredentialsForm.items(item, credentialsId, registry);
        }

        @RequirePOST
        public FormValidation doCheckCredentialsId(
                @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String registry) {
            // If both are empty, there is no login, not even to Docker Hub.
            return Util.fixEmptyAndTrim(registry) == null
                    ? CredentialsForm.check(item, value, registry)
                    : ImageForm.checkCredentials(item, value, registry);
        }
    }
}
