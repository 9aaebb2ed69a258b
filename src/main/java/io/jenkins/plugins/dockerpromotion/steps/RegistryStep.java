package io.jenkins.plugins.dockerpromotion.steps;

import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import java.io.Serializable;
import java.util.Optional;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** A step that uses a registry, optionally with credentials. */
public abstract class RegistryStep<T extends Serializable> extends AgentStep<T> {

    private static final long serialVersionUID = 1L;

    private String credentialsId;

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    /** Base class for the forms of steps with {@code image} and {@code credentialsId}. */
    public abstract static class RegistryStepDescriptor extends StrictStepDescriptor {

        /** Placeholder of a form for an empty pattern. */
        public final String getDefaultPattern() {
            return DockerPromotionConfiguration.get().getPatternInForce();
        }

        /** The pattern that the step uses if its form has none; empty if it uses all tags then, or no tags. */
        Optional<String> patternWithout() {
            return Optional.empty();
        }

        @RequirePOST
        public FormValidation doCheckImage(@QueryParameter String value) {
            return ImageForm.checkImage(value);
        }

        /** Handles the form's <em>Test</em> button, which sends all fields of the form. */
        @RequirePOST
        public FormValidation doTestImage(
                @AncestorInPath Item item,
                @QueryParameter String image,
                @QueryParameter String credentialsId,
                @QueryParameter String pattern,
                @QueryParameter String regex) {
            return ImageForm.test(
                    item, image, credentialsId, () -> PatternStep.shown(pattern, regex, patternWithout()));
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String credentialsId, @QueryParameter String image) {
            return CredentialsForm.items(item, credentialsId, CredentialsForm.registryOf(image));
        }

        @RequirePOST
        public FormValidation doCheckCredentialsId(
                @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String image) {
            return ImageForm.checkCredentialsOf(image, item, value);
        }
    }
}
