package io.jenkins.plugins.dockerpromotion.steps;

import hudson.model.Descriptor;
import hudson.model.TaskListener;
import hudson.util.ReflectionUtils;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.structs.describable.ArrayType;
import org.jenkinsci.plugins.structs.describable.AtomicType;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.HomogeneousObjectType;
import org.jenkinsci.plugins.structs.describable.ParameterType;
import org.jenkinsci.plugins.workflow.steps.Step;

/** The parameters of a step or trigger as a Markdown table, from its code and its help. */
final class ParameterTable {

    private static final Pattern EMPTY = Pattern.compile("Empty: (.*?)[.](?= |$)");
    private static final Pattern SENTENCE = Pattern.compile("((?:`[^`]*`|[^`])*?)[.](?= |$)");

    private final List<String> rows =
            new ArrayList<>(List.of("| Parameter | Type | Default | What it means |", "|---|---|---|---|"));

    private ParameterTable() {}

    /** @param order the names of the parameters, in the order of the form */
    static String of(Descriptor<?> form, Collection<String> order) throws Exception {
        ParameterTable table = new ParameterTable();
        DescribableModel<?> model = DescribableModel.of(form.clazz);
        Object empty = model.instantiate(Map.of(), TaskListener.NULL);
        for (String name : order) {
            table.add("", model.getParameter(name), empty);
        }
        return String.join("\n", table.rows) + "\n";
    }

    /** @param empty the instance without any parameter, which has the defaults */
    private void add(String prefix, DescribableParameter parameter, Object empty) throws Exception {
        ParameterType type = parameter.getType();
        String help = markdown(parameter.getHelp());
        rows.add("| `" + prefix + parameter.getName() + "` | " + word(type) + " | " + preset(parameter, empty, help)
                + " | " + firstSentence(help) + " |");
        if (type instanceof ArrayType list) {
            addFields(parameter.getName() + "[].", list.getElementType());
        } else {
            addFields(parameter.getName() + ".", type);
        }
    }

    /** Adds the fields of a map. Steps are left out, because they have a table of their own. */
    private void addFields(String prefix, ParameterType type) throws Exception {
        if (type instanceof HomogeneousObjectType map
                && !Step.class.isAssignableFrom(map.getSchemaType().getType())) {
            for (DescribableParameter field : map.getSchemaType().getParameters()) {
                add(prefix, field, map.getSchemaType().instantiate(Map.of(), TaskListener.NULL));
            }
        }
    }

    private static String word(ParameterType type) {
        if (type instanceof ArrayType list) {
            return "list of " + word(list.getElementType()) + "s";
        }
        if (type instanceof HomogeneousObjectType) {
            return "map";
        }
        Class<?> plain = ((AtomicType) type).getType();
        return plain == String.class ? "text" : plain == boolean.class ? "boolean" : "number";
    }

    /** Returns the default: the value in the code, or else what the help says. */
    private static String preset(DescribableParameter parameter, Object empty, String help) throws Exception {
        Object value = ReflectionUtils.getPublicProperty(empty, parameter.getName());
        if (value != null && !List.of().equals(value)) {
            return "`" + groovy(value) + "`";
        }
        Matcher words = EMPTY.matcher(help);
        if (words.find()) {
            return words.group(1);
        }
        return parameter.isRequired() ? "*required*" : "none";
    }

    private static String groovy(Object value) {
        if (value instanceof Collection<?> items) {
            return items.stream().map(ParameterTable::groovy).collect(Collectors.joining(", ", "[", "]"));
        }
        return value instanceof String ? "'" + value + "'" : value.toString();
    }

    /** Converts the help to one line of Markdown, up to the first code block. */
    private static String markdown(String html) {
        return html.replaceFirst("(?s)<pre>.*", "")
                .replaceAll("</?code>", "`")
                .replaceAll("</?(?:i|em)>", "*")
                .replaceAll("</?b>", "**")
                .replaceAll("<[^>]+>", " ")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
                .replace("|", "\\|")
                .replaceAll("\\s+", " ")
                .trim();
    }

    private static String firstSentence(String help) {
        Matcher sentence = SENTENCE.matcher(help);
        return sentence.lookingAt() ? sentence.group(1) + "." : help;
    }
}
