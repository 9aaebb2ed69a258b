package io.jenkins.plugins.dockerpromotion.steps;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Ways to fill the form of a step whose snippets can run.
 *
 * @param fillings the first with what is needed and no more; together they fill every field; a field that one leaves out
 *     is as in the one before it
 */
record StepExample(List<Map<String, String>> fillings) {

    /**
     * @param fillings such as {@code image=a/b; tag=1 | dryRun=true}
     * @param value makes a value of its text
     */
    static StepExample of(String fillings, UnaryOperator<String> value) {
        return new StepExample(Stream.of(fillings.split("[|]"))
                .map(filling -> {
                    Map<String, String> fields = new LinkedHashMap<>();
                    Stream.of(filling.split("; "))
                            .map(field -> field.trim().split("=", 2))
                            .filter(field -> field.length == 2)
                            .forEach(field -> fields.put(field[0], value.apply(field[1])));
                    return fields;
                })
                .toList());
    }
}
