package io.jenkins.plugins.dockerpromotion.steps;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How the form of a step looks, and ways to fill it whose snippets can run.
 *
 * @param fields which the form shows at once, in their order
 * @param advanced which it shows under "Advanced", in their order
 * @param fillings the first with what is needed and no more; together they fill every field
 */
record StepExample(List<String> fields, List<String> advanced, List<Map<String, String>> fillings) {

    /** @param fields with blanks between them, and a bar before the advanced ones */
    static StepExample of(String fields) {
        String[] parts = (fields + " ").split("\\|");
        return new StepExample(words(parts[0]), parts.length < 2 ? List.of() : words(parts[1]), List.of());
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.trim().split(" +"));
    }

    /** Adds a filling, made of names and values in turns; fields it leaves out are as in the filling before it. */
    StepExample filled(String... namesAndValues) {
        Map<String, String> filling = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            filling.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        List<Map<String, String>> more = new ArrayList<>(fillings);
        more.add(filling);
        return new StepExample(fields, advanced, more);
    }

    /** Every field there is. */
    Set<String> all() {
        Set<String> all = new LinkedHashSet<>(fields);
        all.addAll(advanced);
        return all;
    }
}
