package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.FilePath;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import java.util.Optional;
import java.util.Set;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/**
 * What the forms of steps with {@code image} and {@code credentialsId} have in common. Public, as a form can only read what
 * is declared in a public class.
 */
public abstract class ImageStepDescriptor extends StepDescriptor implements StrictParameters {

    @Override
    public final Set<? extends Class<?>> getRequiredContext() {
        return Set.of(Run.class, TaskListener.class, FilePath.class);
    }

    /** What a form shows for a pattern that is not given. */
    public final String getDefaultPattern() {
        return DockerPromotionConfiguration.get().getPatternInForce();
    }

    /** The pattern that the step goes by where its form has none; nothing if it means all tags then, or no tags at all. */
    Optional<String> patternWithout() {
        return Optional.empty();
    }

    /** Refuses a text that is not the number of a build; anything else is left to its conversion. */
    static void requireNumber(Object build, String phrase) throws AbortException {
        if (build instanceof CharSequence text && !text.toString().matches("[0-9]{1,18}")) {
            throw new AbortException("Cannot " + phrase + ": '" + text + "' is not the number of one");
        }
    }

    /** A number that a form leaves out is no number, and not zero. */
    static void leaveOutBlank(JSONObject form, String field) {
        if (form.opt(field) instanceof String text && text.isBlank()) {
            form.remove(field);
        }
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
        return ImageProbe.get()
                .test(item, image, credentialsId, () -> TagSelection.shown(pattern, regex, patternWithout()));
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
