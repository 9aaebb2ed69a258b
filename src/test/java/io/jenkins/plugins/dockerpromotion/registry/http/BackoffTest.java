package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

    private static final Instant NOW = Instant.parse("2019-05-20T08:00:00Z");

    private static Answer answer(Map<String, List<String>> headers) {
        return Answers.answer("http://localhost", "http://localhost", 429, headers, new byte[0]);
    }

    @ParameterizedTest
    @CsvSource({
        "Retry-After, 30, 30",
        "Retry-After, ' 30 ', 30",
        "Retry-After, 0, 0",
        "Retry-After, 'Mon, 20 May 2019 08:00:45 GMT', 45",
        "Retry-After, 'Mon, 20 May 2019 07:00:00 GMT', 0",
        "Retry-After, 1558339260, 60",
        "Retry-After, 99999999999, 98441660799",
        "X-Retry-After, 1558339260, 60",
        "X-Retry-After, 1558339100, 0",
        "X-Retry-After, 30, 30",
        "X-RateLimit-Reset, 1558339260, 60",
        "X-RateLimit-Reset, 30, 30",
    })
    void readsEveryFormOfTheHeader(String header, String value, long seconds) {
        assertThat(HttpTransport.retryAfter(answer(Map.of(header, List.of(value))), NOW))
                .contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({
        "Retry-After, soon",
        "Retry-After, -5",
        "Retry-After, 1.5",
        "Retry-After, ''",
        "Retry-After, 99999999999999999999999999",
        "Retry-After, 'Mon, 99 May 2019 08:00:45 GMT'",
        "X-Retry-After, 99999999999999999999999999",
        "X-Retry-After, tomorrow",
        "X-RateLimit-Reset, never",
    })
    void ignoresWhatItDoesNotUnderstand(String header, String value) {
        assertThat(HttpTransport.retryAfter(answer(Map.of(header, List.of(value))), NOW))
                .isEmpty();
    }

    @Test
    void takesTheEndOfALimitForAnAnswerOnlyWhereTheLimitIsReached() {
        Answer answer = Answers.answer(
                "http://localhost",
                "http://localhost",
                503,
                Map.of("X-RateLimit-Reset", List.of("1558339260")),
                new byte[0]);
        assertThat(HttpTransport.retryAfter(answer, NOW)).isEmpty();
    }

    @Test
    void prefersTheStandardHeader() {
        Answer both = answer(Map.of("Retry-After", List.of("5"), "X-Retry-After", List.of("1558339260")));
        assertThat(HttpTransport.retryAfter(both, NOW)).contains(Duration.ofSeconds(5));
        assertThat(HttpTransport.retryAfter(answer(Map.of()), NOW)).isEmpty();
    }

    @RepeatedTest(20)
    void waitsLongerEachTimeAndAtLeastAsLongAsAsked() {
        assertThat(HttpTransport.pause(1, Optional.empty())).isBetween(Duration.ofMillis(300), Duration.ofMillis(375));
        assertThat(HttpTransport.pause(2, Optional.empty())).isBetween(Duration.ofMillis(600), Duration.ofMillis(750));
        assertThat(HttpTransport.pause(40, Optional.empty()))
                .isBetween(Duration.ofSeconds(300), Duration.ofSeconds(320));
        assertThat(HttpTransport.pause(1, Optional.of(Duration.ofSeconds(60))))
                .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(65));
        assertThat(HttpTransport.pause(2, Optional.of(Duration.ZERO))).isGreaterThanOrEqualTo(Duration.ofMillis(600));
    }
}
