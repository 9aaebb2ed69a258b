package io.jenkins.plugins.dockerpromotion.steps;

import hudson.model.Descriptor;
import hudson.triggers.TriggerDescriptor;
import io.jenkins.plugins.dockerpromotion.steps.IsolatedDockerConfigStep.RegistryLogin;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;

/** The signature of a step or trigger, in the format of the list that tests of Jenkinsfiles use. */
final class StepLine {

    private static final Map<Class<?>, String> TYPES =
            Map.of(boolean.class, "flag", Integer.class, "number", Long.class, "number", String.class, "text");

    private final DescribableModel<?> model;
    private final Object bare;

    private StepLine(DescribableModel<?> model) {
        this.model = model;
        // The instance without parameters, which has the defaults.
        this.bare = model.instantiate(Map.of(), null);
    }

    /** Returns empty if the form belongs to neither a step nor a trigger. */
    static Optional<String> of(Descriptor<?> form) {
        Optional<String> name = Optional.empty();
        if (form instanceof StepDescriptor step) {
            name = Optional.of(step.getFunctionName() + (step.takesImplicitBlockArgument() ? "{}" : ""));
        } else if (form instanceof TriggerDescriptor) {
            name = Optional.of(form.getClass().getAnnotation(Symbol.class).value()[0]);
        }
        return name.map(it -> it + " " + new StepLine(DescribableModel.of(form.clazz)).parameters());
    }

    private String parameters() {
        return model.getParameters().stream()
                .sorted(Comparator.comparing(DescribableParameter::getName))
                .map(p -> p.getName() + ":" + type(p) + (p.isRequired() ? "!" : fallback(p.getName())))
                .collect(Collectors.joining(" "));
    }

    private static String type(DescribableParameter parameter) {
        if (parameter.getErasedType() != List.class) {
            return TYPES.getOrDefault(parameter.getErasedType(), "map");
        }
        if (parameter.getRawType().getTypeName().contains(RegistryLogin.class.getName())) {
            return "logins";
        }
        if (!parameter.getRawType().getTypeName().contains(String.class.getName())) {
            return "maps";
        }
        // The parameter can also be a map.
        return parameter.getName().equals("values") ? "values" : "words";
    }

    private String fallback(String parameter) {
        Object value = getter(parameter);
        String text = value instanceof Collection<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                : value == null ? "" : value.toString();
        return text.isEmpty() ? "" : "=" + text;
    }

    private Object getter(String parameter) {
        try {
            Method getter = Stream.of(model.getType().getMethods())
                    .filter(m -> m.getName().matches("(?i)(get|is)" + parameter))
                    .findFirst()
                    .orElseThrow();
            return getter.invoke(bare);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
