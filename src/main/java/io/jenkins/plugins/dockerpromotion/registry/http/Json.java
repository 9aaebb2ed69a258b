package io.jenkins.plugins.dockerpromotion.registry.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * An untrusted JSON value. Missing values, and values of another type, read as empty. The depth, the number of values,
 * and the length of names, strings and numbers are limited. Uses only Jackson's parser, because its object mapper would
 * add three hundred classes for each new agent to load.
 */
public final class Json {

    /** Many small values need a hundred times the memory of their text. No manifest has so many. */
    private static final long MAX_TOKENS = 1_000_000;

    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxNestingDepth(100)
            .maxStringLength(8 * 1024 * 1024)
            .maxNameLength(4 * 1024)
            .maxNumberLength(100)
            .maxTokenCount(MAX_TOKENS)
            .build();

    /** A signed document contains another one in a string. Skipped values need no memory, so they do not count. */
    private static final StreamReadConstraints LIMITS_OF_DOCUMENTS = LIMITS.rebuild()
            .maxStringLength(Integer.MAX_VALUE)
            .maxTokenCount(Long.MAX_VALUE)
            .build();

    private static final JsonFactory FACTORY = factory(LIMITS);
    private static final JsonFactory DOCUMENTS = factory(LIMITS_OF_DOCUMENTS);

    private static JsonFactory factory(StreamReadConstraints limits) {
        return JsonFactory.builder()
                .streamReadConstraints(limits)
                .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                .build();
    }

    /** An empty value: all its fields read as empty. */
    public static final Json NONE = new Json(null);

    /** A map of strings to values, a list of values, a string, a number, a boolean or {@code null}. */
    private final Object value;

    Json(Object value) {
        this.value = value;
    }

    /**
     * Parses one value. Empty if {@code text} is not valid JSON, exceeds the limits, or has something after the value.
     */
    public static Optional<Json> parse(byte[] text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            Json value = new Json(value(parser, new AtomicLong(MAX_TOKENS)));
            return parser.nextToken() == null ? Optional.of(value) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Parses only the fields in {@code wanted} of an object. Their strings may be as long as {@code document}, whose
     * size the caller limits. Empty if it is not an object, exceeds the other limits, or has something after the
     * object.
     */
    public static Optional<Json> parseDocument(byte[] document, Set<String> wanted) {
        try (JsonParser parser = DOCUMENTS.createParser(document)) {
            expect(parser, parser.nextToken() == JsonToken.START_OBJECT);
            AtomicLong left = new AtomicLong(MAX_TOKENS);
            Map<String, Object> fields = new LinkedHashMap<>();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                if (wanted.contains(name)) {
                    fields.put(name, value(parser, left));
                } else {
                    parser.skipChildren();
                }
            }
            return parser.nextToken() == null ? Optional.of(new Json(fields)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * The value that starts at the current token, as plain Java classes.
     *
     * @param left how many more values are allowed
     */
    private static Object value(JsonParser parser, AtomicLong left) throws IOException {
        if (parser.currentToken() == null || left.decrementAndGet() < 0) {
            throw new JsonParseException(parser, "no value, or too many");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                    parser.nextToken();
                    fields.put(name, value(parser, left));
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser, left));
                }
                yield items;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            default -> null;
        };
    }

    /** Writes a value that consists of maps, lists, strings, numbers, booleans and {@code null}. */
    public static byte[] write(Object value) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            write(value, generator);
        } catch (IOException e) {
            throw new IllegalArgumentException("this cannot be written as JSON", e);
        }
        return text.toByteArray();
    }

    private static void write(Object value, JsonGenerator generator) throws IOException {
        if (value instanceof Map<?, ?> fields) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> field : fields.entrySet()) {
                generator.writeFieldName((String) field.getKey());
                write(field.getValue(), generator);
            }
            generator.writeEndObject();
        } else if (value instanceof List<?> items) {
            generator.writeStartArray();
            for (Object item : items) {
                write(item, generator);
            }
            generator.writeEndArray();
        } else {
            generator.writePOJO(value);
        }
    }

    /**
     * Passes each string in the array {@code field} of an object to the consumer while parsing, without keeping it.
     *
     * @return whether the object has this field, even if it is {@code null}, and reports no errors beside it
     * @throws JsonProcessingException if {@code in} is not one object within the limits, or the array has other values
     * @throws IOException if reading fails
     */
    static boolean forEachText(InputStream in, String field, Consumer<String> texts) throws IOException {
        try (JsonParser parser = FACTORY.createParser(in)) {
            boolean found = false;
            boolean failed = false;
            expect(parser, parser.nextToken() == JsonToken.START_OBJECT);
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                boolean wanted = name.equals(field);
                boolean errors = name.equals("errors");
                failed |= errors && (value == JsonToken.START_OBJECT || value == JsonToken.VALUE_STRING);
                found |= wanted && (value == JsonToken.START_ARRAY || value == JsonToken.VALUE_NULL);
                if ((wanted || errors) && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        failed |= errors;
                        if (wanted) {
                            expect(parser, parser.currentToken() == JsonToken.VALUE_STRING);
                            texts.accept(parser.getText());
                        }
                        parser.skipChildren();
                    }
                } else {
                    parser.skipChildren();
                }
            }
            expect(parser, parser.nextToken() == null);
            return found && !failed;
        }
    }

    private static void expect(JsonParser parser, boolean fulfilled) throws JsonProcessingException {
        if (!fulfilled) {
            throw new JsonParseException(parser, "not one object");
        }
    }

    private Map<?, ?> fields() {
        return value instanceof Map<?, ?> fields ? fields : Map.of();
    }

    private List<?> values() {
        return value instanceof List<?> values ? values : List.of();
    }

    /** A field of an object. */
    public Json field(String name) {
        return new Json(fields().get(name));
    }

    /** Whether an object has a field, even if it is {@code null}. */
    public boolean has(String field) {
        return fields().containsKey(field);
    }

    /** The string in a field; empty if there is none. */
    public String text(String field) {
        return fields().get(field) instanceof String text ? text : "";
    }

    /** The integer in a field, which may also be a string. */
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

    /** Whether a field contains an integer. */
    public boolean hasNumber(String field) {
        Object number = fields().get(field);
        return number instanceof Integer || number instanceof Long;
    }

    /** The values of an array; empty if it is not an array. */
    public List<Json> items() {
        List<Json> items = new ArrayList<>();
        values().forEach(item -> items.add(new Json(item)));
        return items;
    }

    /** The strings in an array; empty if it is not an array. */
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

    /** The string fields of an object, in their order. */
    public Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        fields().forEach((name, item) -> {
            if (item instanceof String text) {
                texts.put((String) name, text);
            }
        });
        return texts;
    }

    /** This value as maps, lists, strings, numbers, booleans and {@code null}, for {@link Json#write}. */
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
