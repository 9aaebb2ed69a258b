package io.jenkins.plugins.dockerpromotion.steps;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** The types in the results of a step, merged over several calls, in the terms of docs/STEPS.md. */
final class ResultShape {

    private final Map<String, Set<String>> seen = new LinkedHashMap<>();

    /** @param path such as {@code targets[].tag}; empty for the result itself */
    void add(String path, JsonNode value) {
        switch (value.getNodeType()) {
            case OBJECT -> addMap(path, value);
            case ARRAY -> addList(path, value);
            case STRING -> see(path, "text");
            case NUMBER -> see(path, "number");
            case BOOLEAN -> see(path, "boolean");
            default -> see(path, "`null`");
        }
    }

    private void see(String path, String type) {
        seen.computeIfAbsent(path, p -> new LinkedHashSet<>()).add(type);
    }

    /** The keys of a nested map are not documented, nor those of a map by image name. */
    private void addMap(String path, JsonNode map) {
        if (path.isEmpty() && map.fieldNames().next().contains("/")) {
            see("", "map of maps");
            return;
        }
        boolean free = !path.isEmpty() && !path.endsWith("].");
        boolean texts = StreamSupport.stream(map.spliterator(), false).allMatch(JsonNode::isTextual);
        see(free ? path : path.replaceFirst("\\.$", ""), free && texts ? "map of texts" : "map");
        if (!free) {
            map.fields().forEachRemaining(entry -> add(path + entry.getKey(), entry.getValue()));
        }
    }

    /** An empty list does not tell the type of its elements. */
    private void addList(String path, JsonNode list) {
        for (JsonNode element : list) {
            see(path, element.isObject() ? "list of maps" : "list of texts");
            if (element.isObject()) {
                add(path + "[].", element);
            }
        }
    }

    /** Returns the types by path, {@code text or null} for an optional text. */
    Map<String, String> types() {
        Map<String, String> types = new TreeMap<>();
        seen.forEach((path, words) -> {
            if (!path.endsWith("[]")) {
                types.put(
                        path,
                        words.stream()
                                .sorted((a, b) -> b.compareTo(a))
                                .reduce((a, b) -> a + " or " + b)
                                .orElseThrow());
            }
        });
        return types;
    }
}
