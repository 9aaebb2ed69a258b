package io.jenkins.plugins.dockerpromotion.steps;

import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import java.io.Serializable;
import java.util.Optional;
import org.jvnet.localizer.Localizable;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** A step that talks to a registry, if need be with credentials. */
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

    /** What the forms of steps with {@code image} and {@code credentialsId} have in common. */
    public abstract static class RegistryStepDescriptor extends AgentStepDescriptor {

        RegistryStepDescriptor(String functionName, Localizable displayName) {
            super(functionName, displayName);
        }

        /** What a form shows for a pattern that is not given. */
        public final String getDefaultPattern() {
            return DockerPromotionConfiguration.get().getPatternInForce();
        }

        /** The pattern of the step if its form has none; nothing if it takes all tags then, or no tags at all. */
        Optional<String> patternWithout() {
            return Optional.empty();
        }

        @RequirePOST
        public FormValidation doCheckImage(@QueryParameter String value) {
            return ImageForm.checkImage(value);
        }

        /** The button of the form; it sends the fields that the form has. */
        @RequirePOST
        public FormValidation doTestImage(
                @AncestorInPath Item item,
                @QueryParameter String image,
                @QueryParameter String credentialsId,
                @QueryParameter String pattern,
                @QueryParameter String regex) {
            return ImageProbe.test(
                    item, image, credentialsId, () -> PatternStep.shown(pattern, regex, patternWithout()));
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String credentialsId, @QueryParameter String image) {
            return CredentialsForm.items(item, credentialsId, ImageForm.registryOf(image));
        }

        @RequirePOST
        public FormValidation doCheckCredentialsId(
                @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String image) {
            return ImageForm.checkCredentials(item, value, image);
        }
    }
}
