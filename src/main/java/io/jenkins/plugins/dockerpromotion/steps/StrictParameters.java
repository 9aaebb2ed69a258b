package io.jenkins.plugins.dockerpromotion.steps;

import java.util.Map;
import java.util.TreeMap;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;

/**
 * The descriptor of a step that refuses parameters which it does not have. Pipeline only warns of them, and with
 * {@code dryrun: true} in place of {@code dryRun: true} an image would be promoted.
 */
interface StrictParameters extends CustomDescribableModel {

    /** @throws IllegalArgumentException in one line, if an argument's name is none of a parameter */
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

    /** In the order of names, as without this interface; structs' copy of the arguments has no order. */
    @Override
    default UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable step) {
        return step.withArguments(new TreeMap<>(step.getArguments()));
    }
}
