package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.FilePath;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.agent.RegistryTokenOperation;
import io.jenkins.plugins.dockerpromotion.credentials.BuildSecrets;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import io.jenkins.plugins.dockerpromotion.form.TextList;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.IssuedToken;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Gets a bearer token of a registry's token service and masks it in the log for the rest of the build. */
public final class RegistryTokenStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final List<String> DEFAULT_ACTIONS = List.of("pull");
    private static final Set<String> ACTIONS = Set.of("pull", "push", "delete", "*");

    private String image;
    private String registry;
    private String credentialsId;
    private List<String> actions = new ArrayList<>(DEFAULT_ACTIONS);

    @DataBoundConstructor
    public RegistryTokenStep() {}

    public String getImage() {
        return image;
    }

    @DataBoundSetter
    public void setImage(String image) {
        this.image = Util.fixEmptyAndTrim(image);
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

    public List<String> getActions() {
        return List.copyOf(actions);
    }

    @DataBoundSetter
    public void setActions(List<String> actions) {
        this.actions = new ArrayList<>(actions == null || actions.isEmpty() ? DEFAULT_ACTIONS : actions);
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(this, context);
    }

    /** @throws IllegalArgumentException in one line, if a parameter makes no sense */
    private String host() {
        if ((image == null) == (registry == null)) {
            throw new IllegalArgumentException("give either 'image' or 'registry'");
        }
        return image == null
                ? ImageName.parseHost(registry)
                : ImageName.parse(image).host();
    }

    /** Nothing for a token that is for no repository. */
    private Scope scope() {
        if (!ACTIONS.containsAll(actions)) {
            throw new IllegalArgumentException("'actions' are among pull, push, delete and *, and not "
                    + String.join(", ", actions.stream().map(String::valueOf).toList()));
        }
        if (image == null && !actions.equals(DEFAULT_ACTIONS)) {
            throw new IllegalArgumentException("'actions' are those on an image; without 'image', give none");
        }
        return image == null ? null : new Scope(ImageName.parse(image).path(), actions);
    }

    private static final class Execution extends AgentStepExecution<IssuedToken> {
        private static final long serialVersionUID = 1L;

        private final RegistryTokenStep step;

        Execution(RegistryTokenStep step, StepContext context) {
            super(context);
            this.step = step;
        }

        @Override
        String phrase() {
            return "get a token "
                    + (step.image == null
                            ? "of " + (step.registry == null ? "a registry" : step.registry)
                            : "for " + String.join(", ", step.actions) + " on " + step.image);
        }

        @Override
        Operation<IssuedToken> operation(Run<?, ?> run, TaskListener listener) throws AbortException {
            RegistryTokenOperation operation = new RegistryTokenOperation(
                    step.host(), step.scope(), StepCredentials.find(run, listener, step.credentialsId, step.host()));
            listener.getLogger().println("Getting" + phrase().substring("get".length()));
            return operation;
        }

        @Override
        Object conclude(IssuedToken token, Run<?, ?> run, TaskListener listener) throws IOException {
            String value = new RegistryAuthentication.Bearer(token.value()).token();
            BuildSecrets.mask(run, value);
            String doubt = step.image == null || token.confirmed()
                    ? ""
                    : "; it does not tell what it allows, and the service may have granted less";
            listener.getLogger()
                    .println("Got a token of " + step.host() + ", valid for " + token.seconds()
                            + " s and masked in this log" + doubt);
            return value;
        }
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends StepDescriptor implements StrictParameters {

        @Override
        public String getFunctionName() {
            return "registryToken";
        }

        @Override
        public String getDisplayName() {
            return Messages.RegistryTokenStep_displayName();
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class, FilePath.class);
        }

        /** The form has one line for all actions. */
        @Override
        public Step newInstance(StaplerRequest2 request, JSONObject form) throws Descriptor.FormException {
            TextList.split(form, "actions", TextList::words);
            return super.newInstance(request, form);
        }

        /** What the form shows for {@code actions}. */
        public String actionLine(RegistryTokenStep step) {
            return TextList.ofWords(step == null ? DEFAULT_ACTIONS : step.actions);
        }

        @RequirePOST
        public FormValidation doCheckImage(@QueryParameter String value) {
            return ImageForm.checkOptionalImage(value);
        }

        @RequirePOST
        public FormValidation doCheckRegistry(@QueryParameter String value, @QueryParameter String image) {
            boolean both = Util.fixEmptyAndTrim(value) != null && Util.fixEmptyAndTrim(image) != null;
            boolean none = Util.fixEmptyAndTrim(value) == null && Util.fixEmptyAndTrim(image) == null;
            return both || none
                    ? FormValidation.error(Messages.RegistryTokenStep_imageOrRegistry())
                    : ImageForm.ifGiven(value, ImageName::parseHost);
        }

        @RequirePOST
        public FormValidation doCheckActions(@QueryParameter String value) {
            return ACTIONS.containsAll(TextList.words(value))
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
            return StepCredentials.check(item, value, host(image, registry));
        }

        private static String host(String image, String registry) {
            return Util.fixEmptyAndTrim(registry) == null ? ImageForm.registryOf(image) : registry.trim();
        }
    }
}
