package io.jenkins.plugins.dockerpromotion.registry.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A stranger's JSON value: what is absent, or of another kind than asked for, reads as empty. */
public final class JsonValue {

    /** Nothing: every field of it reads as empty. */
    public static final JsonValue NONE = new JsonValue(null);

    /** A map of texts to values, a list of values, a text, a number, a boolean or {@code null}. */
    private final Object value;

    JsonValue(Object value) {
        this.value = value;
    }

    private Map<?, ?> fields() {
        return value instanceof Map<?, ?> fields ? fields : Map.of();
    }

    private List<?> values() {
        return value instanceof List<?> values ? values : List.of();
    }

    /** A field of an object. */
    public JsonValue field(String name) {
        return new JsonValue(fields().get(name));
    }

    /** Whether an object has a field, be it {@code null}. */
    public boolean has(String field) {
        return fields().containsKey(field);
    }

    /** The text of a field, empty if it is none. */
    public String text(String field) {
        return fields().get(field) instanceof String text ? text : "";
    }

    /** The whole number of a field, also one written as text. */
    public long number(String field, long otherwise) {
        Object number = fields().get(field);
        if (number instanceof Number whole) {
            return whole.longValue();
        }
        try {
            return number instanceof String text ? Long.parseLong(text) : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** Whether a field holds a whole number. */
    public boolean hasNumber(String field) {
        Object number = fields().get(field);
        return number instanceof Integer || number instanceof Long;
    }

    /** The values of an array, none if it is none. */
    public List<JsonValue> items() {
        List<JsonValue> items = new ArrayList<>();
        values().forEach(item -> items.add(new JsonValue(item)));
        return items;
    }

    /** The texts of an array, none if it is none. */
    public List<String> itemTexts() {
        List<String> texts = new ArrayList<>();
        for (Object item : values()) {
            if (item instanceof String text) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** The names of an object's fields. */
    public List<String> names() {
        return fields().keySet().stream().map(String.class::cast).toList();
    }

    /** The fields of an object that are texts, in their order. */
    public Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        fields().forEach((name, item) -> {
            if (item instanceof String text) {
                texts.put((String) name, text);
            }
        });
        return texts;
    }

    /** The same in maps, lists, texts, numbers, booleans and {@code null}, for {@link Json#write}. */
    public Object plain() {
        return value;
    }

    public boolean isObject() {
        return value instanceof Map;
    }

    public boolean isArray() {
        return value instanceof List;
    }
}
