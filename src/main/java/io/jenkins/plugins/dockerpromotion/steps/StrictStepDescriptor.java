package io.jenkins.plugins.dockerpromotion.steps;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jvnet.localizer.Localizable;

/**
 * Base class for the forms of all steps. Refuses unknown parameters: Pipeline only warns about them, so that
 * {@code dryrun: true} instead of {@code dryRun: true} would promote an image.
 */
public abstract class StrictStepDescriptor extends StepDescriptor implements CustomDescribableModel {

    private final String functionName;
    private final Localizable displayName;
    private final Set<Class<?>> requiredContext;

    StrictStepDescriptor(String functionName, Localizable displayName, Class<?>... requiredContext) {
        this.functionName = functionName;
        this.displayName = displayName;
        this.requiredContext = Set.of(requiredContext);
    }

    @Override
    public final String getFunctionName() {
        return functionName;
    }

    @Override
    public final String getDisplayName() {
        return displayName.toString();
    }

    @Override
    public Set<? extends Class<?>> getRequiredContext() {
        return requiredContext;
    }

    /** @throws IllegalArgumentException in one line, if there is no parameter with the name of an argument */
    @Override
    public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
        DescribableModel<?> model = DescribableModel.of(clazz);
        for (String name : arguments.keySet()) {
            if (model.getParameter(name) == null && !name.equals(UninstantiatedDescribable.ANONYMOUS_KEY)) {
                throw new IllegalArgumentException(functionName + " has no parameter '" + name + "'; it has "
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
}
