package io.jenkins.plugins.dockerpromotion.steps;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ways to fill the form of a step whose snippets can run.
 *
 * @param fillings the first with what is needed and no more; together they fill every field
 */
record StepExample(List<Map<String, String>> fillings) {

    /** @param namesAndValues in turns, as in {@link #and} */
    static StepExample filled(String... namesAndValues) {
        return new StepExample(List.of()).and(namesAndValues);
    }

    /** Adds a filling, made of names and values in turns; fields it leaves out are as in the filling before it. */
    StepExample and(String... namesAndValues) {
        Map<String, String> filling = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            filling.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        List<Map<String, String>> more = new ArrayList<>(fillings);
        more.add(filling);
        return new StepExample(more);
    }
}
