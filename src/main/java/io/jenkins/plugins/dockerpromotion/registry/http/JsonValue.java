package io.jenkins.plugins.dockerpromotion.registry.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A stranger's JSON value: what is absent, or of another kind than asked for, reads as empty. */
public final class JsonValue {

    private final JsonNode node;

    JsonValue(JsonNode node) {
        this.node = node;
    }

    /** A field of an object. */
    public JsonValue field(String name) {
        return new JsonValue(node.path(name));
    }

    /** Whether an object has a field, be it {@code null}. */
    public boolean has(String field) {
        return node.has(field);
    }

    /** The text of a field, empty if it is none. */
    public String text(String field) {
        return node.path(field).isTextual() ? node.path(field).textValue() : "";
    }

    /** The whole number of a field, also one written as text. */
    public long number(String field, long otherwise) {
        return node.path(field).asLong(otherwise);
    }

    /** Whether a field holds a whole number. */
    public boolean hasNumber(String field) {
        return node.path(field).canConvertToLong() && node.path(field).isIntegralNumber();
    }

    /** The values of an array, none if it is none. */
    public List<JsonValue> items() {
        List<JsonValue> items = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(n -> items.add(new JsonValue(n)));
        }
        return items;
    }

    /** The texts of an array, none if it is none. */
    public List<String> itemTexts() {
        List<String> texts = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(n -> {
                if (n.isTextual()) {
                    texts.add(n.textValue());
                }
            });
        }
        return texts;
    }

    /** The names of an object's fields. */
    public List<String> names() {
        return node.properties().stream().map(Map.Entry::getKey).toList();
    }

    /** The fields of an object that are texts, in their order. */
    public Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        node.properties().stream()
                .filter(field -> field.getValue().isTextual())
                .forEach(field -> texts.put(field.getKey(), field.getValue().textValue()));
        return texts;
    }

    public boolean isObject() {
        return node.isObject();
    }

    public boolean isArray() {
        return node.isArray();
    }
}
