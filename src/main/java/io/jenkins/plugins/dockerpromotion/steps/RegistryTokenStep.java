package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.config.FormFields;
import io.jenkins.plugins.dockerpromotion.credentials.BuildSecrets;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport.IssuedToken;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Gets a bearer token from a registry's token service, and masks it in the log for the rest of the build. */
public final class RegistryTokenStep extends ImageStep<IssuedToken> {

    private static final long serialVersionUID = 1L;
    private static final List<String> DEFAULT_ACTIONS = List.of("pull");
    private static final Set<String> ACTIONS = Set.of("pull", "push", "delete", "*");

    private String registry;
    private List<String> actions = new ArrayList<>(DEFAULT_ACTIONS);

    @DataBoundConstructor
    public RegistryTokenStep() {
        super(null);
    }

    @DataBoundSetter
    public void setImage(String image) {
        useImage(image);
    }

    public String getRegistry() {
        return registry;
    }

    @DataBoundSetter
    public void setRegistry(String registry) {
        this.registry = Util.fixEmptyAndTrim(registry);
    }

    public List<String> getActions() {
        return List.copyOf(actions);
    }

    @DataBoundSetter
    public void setActions(List<String> actions) {
        this.actions = new ArrayList<>(actions == null || actions.isEmpty() ? DEFAULT_ACTIONS : actions);
    }

    private String host() {
        if ((getImage() == null) == (registry == null)) {
            throw new IllegalArgumentException("set either 'image' or 'registry'");
        }
        return registry == null ? name().host() : ImageName.parseHost(registry);
    }

    private Set<Scope> scopes() {
        if (!ACTIONS.containsAll(actions)) {
            throw new IllegalArgumentException("'actions' must be pull, push, delete or *, not "
                    + String.join(", ", actions.stream().map(String::valueOf).toList()));
        }
        if (getImage() != null) {
            return Set.of(new Scope(name().path(), actions));
        }
        if (!actions.equals(DEFAULT_ACTIONS)) {
            throw new IllegalArgumentException("'actions' require 'image'");
        }
        return Set.of();
    }

    @Override
    String phrase() {
        return "get a token "
                + (getImage() == null
                        ? "from " + (registry == null ? "a registry" : registry)
                        : "for " + String.join(", ", actions) + " on " + getImage());
    }

    @Override
    Operation<IssuedToken> operation(StepRun run) throws AbortException {
        Request request = new Request(host(), scopes(), run.login(getCredentialsId(), host()));
        run.say("Getting" + phrase().substring("get".length()));
        return request;
    }

    private record Request(String host, Set<Scope> scopes, RegistryAuthentication authentication)
            implements Operation<IssuedToken> {

        private static final long serialVersionUID = 1L;

        @Override
        public IssuedToken run(RegistryContext context) throws RegistryException, InterruptedException {
            return RegistryTransport.issueToken(host, authentication, scopes, context);
        }
    }

    @Override
    Object result(IssuedToken token, StepRun run) throws IOException {
        BuildSecrets.mask(run.build(), token.value());
        boolean doubtful = getImage() != null && !token.confirmed();
        run.say("Got a token from " + host() + ", valid for " + token.seconds() + " s and masked in this log"
                + (doubtful ? "; its permissions are unknown, because its format is private to the registry" : ""));
        return token.value();
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends StrictStepDescriptor {

        @RequirePOST
        public FormValidation doCheckImage(@QueryParameter String value) {
            return ImageForm.ifGiven(value, ImageName::parse);
        }

        @RequirePOST
        public FormValidation doCheckRegistry(@QueryParameter String value, @QueryParameter String image) {
            return (Util.fixEmptyAndTrim(value) == null) == (Util.fixEmptyAndTrim(image) == null)
                    ? FormValidation.error(Messages.RegistryTokenStep_imageOrRegistry())
                    : ImageForm.ifGiven(value, ImageName::parseHost);
        }

        @RequirePOST
        public FormValidation doCheckActions(@QueryParameter String value) {
            return ACTIONS.containsAll(FormFields.words(value))
                    ? FormValidation.ok()
                    : FormValidation.error(Messages.RegistryTokenStep_actions());
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(
                @AncestorInPath Item item,
                @QueryParameter String credentialsId,
                @QueryParameter String image,
                @QueryParameter String registry) {
            return CredentialsForm.items(item, credentialsId, host(image, registry));
        }

        @RequirePOST
        public FormValidation doCheckCredentialsId(
                @AncestorInPath Item item,
                @QueryParameter String value,
                @QueryParameter String image,
                @QueryParameter String registry) {
            return ImageForm.checkCredentials(item, value, host(image, registry));
        }

        private static String host(String image, String registry) {
            return Util.fixEmptyAndTrim(registry) == null ? CredentialsForm.registryOf(image) : registry.trim();
        }
    }
}
