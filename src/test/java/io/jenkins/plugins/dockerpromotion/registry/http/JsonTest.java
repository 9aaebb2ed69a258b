package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> texts(String json) throws IOException {
        List<String> texts = new ArrayList<>();
        Json.forEachText(new ByteArrayInputStream(bytes(json)), "tags", texts::add);
        return texts;
    }

    @Test
    void readsWhatIsThereAndEmptinessElsewhere() {
        Json value = Json.parse(bytes("{\"a\":{\"b\":\"c\",\"n\":7,\"t\":\"8\"},\"l\":[{\"x\":\"y\"}]}"))
                .orElseThrow();
        assertThat(value.field("a").text("b")).isEqualTo("c");
        assertThat(value.field("a").number("n", -1)).isEqualTo(7);
        assertThat(value.field("a").number("t", -1)).isEqualTo(8);
        assertThat(value.field("a").text("n")).isEmpty();
        assertThat(value.field("none").field("none").text("none")).isEmpty();
        assertThat(value.field("none").number("none", -1)).isEqualTo(-1);
        assertThat(value.field("l").items())
                .singleElement()
                .satisfies(i -> assertThat(i.text("x")).isEqualTo("y"));
        assertThat(value.items()).isEmpty();
    }

    @Test
    void tellsWholeNumbersFromOthers() {
        Json value = Json.parse(bytes("""
                {"int": 7, "long": 70000000000, "huge": 99999999999999999999, "half": 1.5, "text": "8", "word": "x",
                 "yes": true, "null": null}""")).orElseThrow();
        assertThat(value.names()).filteredOn(value::hasNumber).containsExactly("int", "long");
        assertThat(value.number("long", -1)).isEqualTo(70_000_000_000L);
        assertThat(value.number("text", -1)).isEqualTo(8);
        assertThat(value.number("word", -1)).isEqualTo(-1);
        assertThat(value.number("yes", -1)).isEqualTo(-1);
        assertThat(value.number("null", -1)).isEqualTo(-1);
        assertThat(value.has("null")).isTrue();
        assertThat(value.texts()).containsOnlyKeys("text", "word");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{", "{\"a\":1} x", "{\"a\":1}{}", "nonsense", "", " ", "{\"a\":01}", "[1", "[1,]", "\"\\ud800"})
    void refusesWhatIsNoJson(String text) {
        assertThat(Json.parse(bytes(text))).isEmpty();
    }

    @Test
    void refusesWhatIsBuiltToHurt() {
        assertThat(Json.parse(bytes("[".repeat(10_000) + "]".repeat(10_000)))).isEmpty();
        assertThat(Json.parse(bytes("{\"a\":".repeat(101) + "1" + "}".repeat(101))))
                .isEmpty();
        assertThat(Json.parse(bytes("[\"" + "x".repeat(10_000_000) + "\"]"))).isEmpty();
        assertThat(Json.parse(bytes("[" + "{},".repeat(1_000_000) + "{}]"))).isEmpty();
        assertThat(Json.parse(bytes("{\"" + "x".repeat(100_000) + "\":1}"))).isEmpty();
        assertThat(Json.parse(bytes("[" + "9".repeat(100_000) + "]"))).isEmpty();
        assertThat(Json.parse(new byte[] {'"', (byte) 0xff, (byte) 0xfe, '"'})).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"name\":\"a\",\"tags\":[\"1\",\"2\"]} | 1,2",
                "{\"tags\":[\"1\"],\"name\":\"a\"}  | 1",
                "{\"tags\":null} | ``",
                "{\"tags\":[]} | ``",
                "{} | ``",
                "{\"more\":{\"tags\":[\"x\"]},\"tags\":[\"1\"]} | 1",
                "{\"tags\":\"1\"} | ``",
            })
    void handsOnTheTextsOfOneArray(String json, String expected) throws IOException {
        assertThat(String.join(",", texts(json))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{\"tags\":[\"1\"",
                "{\"tags\":[\"1\"]",
                "{\"tags\":[\"1\"]} x",
                "{\"tags\":[\"1\",2]}",
                "{\"tags\":[null]}",
                "{\"tags\":[{\"name\":\"1\"}]}",
                "<html>"
            })
    void takesNoPartForTheWhole(String json) {
        assertThatIOException().isThrownBy(() -> texts(json));
    }

    @Test
    void writesTextsThatNeedEscapes() {
        byte[] json = Json.write(Map.of("secret", "a\"\\\u0001é"));
        assertThat(Json.parse(json).orElseThrow().text("secret")).isEqualTo("a\"\\\u0001é");
    }

    @Test
    void writesWhatItRead() {
        String text = "{\"a\":[1,2.5,true,null,\"\\n\"],\"b\":{\"big\":12345678901234567890},\"c\":[]}";

        assertThat(new String(Json.write(Json.parse(bytes(text)).orElseThrow().plain()), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }
}
