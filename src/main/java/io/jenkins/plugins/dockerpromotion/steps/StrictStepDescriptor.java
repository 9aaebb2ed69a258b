package io.jenkins.plugins.dockerpromotion.steps;

import hudson.FilePath;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.dockerpromotion.config.FormFields;
import java.beans.Introspector;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jvnet.localizer.ResourceBundleHolder;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * Base class for the forms of all steps. Refuses unknown parameters: Pipeline only warns about them, so that
 * {@code dryrun: true} instead of {@code dryRun: true} would promote an image.
 */
public abstract class StrictStepDescriptor extends StepDescriptor implements CustomDescribableModel {

    /** The name of the class, as in {@code promoteImage} for {@code PromoteImageStep}. */
    @Override
    public final String getFunctionName() {
        return Introspector.decapitalize(clazz.getSimpleName().replaceFirst("Step$", ""));
    }

    @Override
    public final String getDisplayName() {
        return ResourceBundleHolder.get(Messages.class).format(clazz.getSimpleName() + ".displayName");
    }

    @Override
    public final Set<? extends Class<?>> getRequiredContext() {
        return ControllerStep.class.isAssignableFrom(clazz)
                ? Set.of(Run.class, TaskListener.class)
                : Set.of(Run.class, TaskListener.class, FilePath.class);
    }

    /** @throws IllegalArgumentException in one line, if there is no parameter with the name of an argument */
    @Override
    public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
        DescribableModel<?> model = DescribableModel.of(clazz);
        for (String name : arguments.keySet()) {
            if (model.getParameter(name) == null && !name.equals(UninstantiatedDescribable.ANONYMOUS_KEY)) {
                throw new IllegalArgumentException(getFunctionName() + " has no parameter '" + name + "'; it has "
                        + String.join(
                                ", ",
                                model.getParameters().stream()
                                        .map(DescribableParameter::getName)
                                        .toList()));
            }
        }
        return arguments;
    }

    /** Sorted by name, as without this class, because the copy of the arguments has no order. */
    @Override
    public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable step) {
        return step.withArguments(new TreeMap<>(step.getArguments()));
    }

    /** Splits a list that is one text in the form, at commas and spaces. */
    List<String> split(String field, String text) {
        return FormFields.words(text);
    }

    /** What a form shows for a list of words. */
    public final String words(List<String> words) {
        return FormFields.ofWords(Util.fixNull(words));
    }

    /** What a form shows for a list of lines. */
    public final String lines(List<String> lines) {
        return String.join("\n", Util.fixNull(lines));
    }

    @Override
    public Step newInstance(StaplerRequest2 request, JSONObject form) throws Descriptor.FormException {
        for (DescribableParameter parameter : DescribableModel.of(clazz).getParameters()) {
            String name = parameter.getName();
            if (parameter.getErasedType() == List.class) {
                FormFields.split(form, name, text -> split(name, text));
            } else if (Number.class.isAssignableFrom(parameter.getErasedType())
                    && form.optString(name).isBlank()) {
                // Empty instead of zero.
                form.remove(name);
            }
        }
        return super.newInstance(request, form);
    }
}
