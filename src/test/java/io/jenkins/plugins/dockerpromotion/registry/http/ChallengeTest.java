package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChallengeTest {

    private static List<Challenge> parse(String... headers) {
        return Challenge.parse(List.of(headers));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer realm=\"https://auth.example.com/token\",service=\"registry\",scope=\"repository:a/b:pull,push\"",
                "Bearer scope=\"repository:a/b:pull,push\",service=\"registry\",realm=\"https://auth.example.com/token\"",
                "bearer Realm=\"https://auth.example.com/token\" , SERVICE=registry, scope=\"repository:a/b:pull,push\"",
                "BEARER\trealm = \"https://auth.example.com/token\",,service=\"reg\\istry\", scope=\"repository:a/b:pull,push\",",
            })
    void readsParametersInAnyOrderAndForm(String header) {
        assertThat(parse(header))
                .containsExactly(new Challenge(
                        "bearer",
                        Map.of(
                                "realm", "https://auth.example.com/token",
                                "service", "registry",
                                "scope", "repository:a/b:pull,push")));
    }

    @Test
    void readsSeveralChallengesInOneHeader() {
        assertThat(
                        parse(
                                "Basic realm=\"a, \\\"quoted\\\" Bearer realm=x\", Negotiate, Bearer realm=\"https://a\",service=b"))
                .containsExactly(
                        new Challenge("basic", Map.of("realm", "a, \"quoted\" Bearer realm=x")),
                        new Challenge("negotiate", Map.of()),
                        new Challenge("bearer", Map.of("realm", "https://a", "service", "b")));
    }

    @Test
    void readsSeveralHeaders() {
        assertThat(parse("Basic realm=a", "Bearer realm=b"))
                .extracting(Challenge::scheme)
                .containsExactly("basic", "bearer");
    }

    @Test
    void stepsOverOneValueInPlaceOfParameters() {
        assertThat(parse("Negotiate YII=, Bearer realm=a", "Negotiate YIIx==, Basic realm=b"))
                .extracting(Challenge::scheme)
                .contains("bearer", "basic");
    }

    @Test
    void takesTheFirstOfTwoEqualParameters() {
        assertThat(parse("Bearer realm=a,realm=b").get(0).parameter("realm")).contains("a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                "\"",
                "=",
                "Bearer realm=\"never closed",
                "Bearer realm=\"x\\",
                "Bearer =",
                "{}",
                "é"
            })
    void survivesGarbage(String header) {
        assertThat(parse(header)).hasSizeLessThan(3);
    }

    @Test
    void readsNoMoreThanTheBeginningOfAHugeHeader() {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(2), () -> {
            for (String part : new String[] {"a ", "\\\"", "Bearer a=b,", "=", ",", "\"", "a=\"b\" "}) {
                parse(part.repeat(5_000_000 / part.length()));
            }
        });
    }

    @Test
    void survivesAnythingWithinAMoment() {
        Random random = new Random(1);
        String alphabet = "Bearer realm=\"\\,; \t=aZ/:é\u0000";
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            for (int i = 0; i < 100_000; i++) {
                StringBuilder header = new StringBuilder();
                for (int length = random.nextInt(60); length > 0; length--) {
                    header.append(alphabet.charAt(random.nextInt(alphabet.length())));
                }
                parse(header.toString());
            }
        });
    }
}
