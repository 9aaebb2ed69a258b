package io.jenkins.plugins.dockerpromotion.registry.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** How JSON of strangers is read: bounded in depth, in its values' number, and in the length of names, texts and numbers. */
public final class Json {

    /** Many small values take a hundred times the memory that their text does; no manifest has so many. */
    private static final long MAX_TOKENS = 1_000_000;

    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxNestingDepth(100)
            .maxStringLength(1024 * 1024)
            .maxNameLength(4 * 1024)
            .maxNumberLength(100)
            .maxTokenCount(MAX_TOKENS)
            .build();

    private static final ObjectMapper MAPPER = JsonMapper.builder(
                    JsonFactory.builder().streamReadConstraints(LIMITS).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)
            .build();

    private Json() {}

    /** Reads one value; nothing if {@code text} is no JSON, is beyond the limits, or goes on behind the value. */
    public static Optional<JsonValue> parse(byte[] text) {
        try {
            return Optional.of(new JsonValue(MAPPER.readTree(text)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Writes an object of texts. */
    public static byte[] object(Map<String, String> fields) {
        try {
            return MAPPER.writeValueAsBytes(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can always be written", e);
        }
    }

    /**
     * Hands on every text of the array {@code field} in an object, while it is read; holds no more than one of them.
     *
     * @return whether there is such a field, be it {@code null}
     * @throws JsonProcessingException if {@code in} does not hold one object, within the limits
     * @throws IOException if reading fails
     */
    static boolean forEachText(InputStream in, String field, Consumer<String> texts) throws IOException {
        try (JsonParser parser = MAPPER.createParser(in)) {
            boolean found = false;
            expect(parser, parser.nextToken() == JsonToken.START_OBJECT);
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                boolean wanted = name.equals(field);
                found |= wanted && (value == JsonToken.START_ARRAY || value == JsonToken.VALUE_NULL);
                if (wanted && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        if (parser.currentToken() == JsonToken.VALUE_STRING) {
                            texts.accept(parser.getText());
                        }
                        parser.skipChildren();
                    }
                } else {
                    parser.skipChildren();
                }
            }
            expect(parser, parser.nextToken() == null);
            return found;
        }
    }

    private static void expect(JsonParser parser, boolean fulfilled) throws JsonProcessingException {
        if (!fulfilled) {
            throw new JsonParseException(parser, "not one object");
        }
    }
}
