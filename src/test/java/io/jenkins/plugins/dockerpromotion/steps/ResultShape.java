package io.jenkins.plugins.dockerpromotion.steps;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** The types of what a step returned, seen over several results, in the words of the page of the steps. */
final class ResultShape {

    private final Map<String, Set<String>> seen = new LinkedHashMap<>();

    /** @param path {@code targets[].tag}; of the result itself, nothing */
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

    /** A map in a map has keys that nobody knows before, and so has one by the names of images. */
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

    /** Of an empty list nobody knows what it is of. */
    private void addList(String path, JsonNode list) {
        for (JsonNode element : list) {
            see(path, element.isObject() ? "list of maps" : "list of texts");
            if (element.isObject()) {
                add(path + "[].", element);
            }
        }
    }

    /** By path; what may be missing is {@code text or null}. */
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
