package io.jenkins.plugins.dockerpromotion.steps;

import java.util.Map;
import java.util.TreeMap;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;

/**
 * A step descriptor that refuses unknown parameters. Pipeline only warns about them, so that {@code dryrun: true}
 * instead of {@code dryRun: true} would promote an image.
 */
interface StrictParameters extends CustomDescribableModel {

    /** @throws IllegalArgumentException in one line, if there is no parameter with the name of an argument */
    @Override
    default Map<String, Object> customInstantiate(Map<String, Object> arguments) {
        StepDescriptor step = (StepDescriptor) this;
        DescribableModel<?> model = DescribableModel.of(step.clazz);
        for (String name : arguments.keySet()) {
            if (model.getParameter(name) == null && !name.equals(UninstantiatedDescribable.ANONYMOUS_KEY)) {
                throw new IllegalArgumentException(step.getFunctionName() + " has no parameter '" + name + "'; it has "
                        + String.join(
                                ", ",
                                model.getParameters().stream()
                                        .map(parameter -> parameter.getName())
                                        .toList()));
            }
        }
        return arguments;
    }

    /** Sorted by name, as without this interface, because the copy of the arguments has no order. */
    @Override
    default UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable step) {
        return step.withArguments(new TreeMap<>(step.getArguments()));
    }
}
