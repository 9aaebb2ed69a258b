package io.jenkins.plugins.dockerpromotion.registry.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before a call is sent again: as long as the server asks, else a little longer each time. A random
 * part is added, so that the builds a registry turned away do not all come back at the same moment.
 */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(300);

    private Backoff() {}

    /**
     * The time a server asks for.
     *
     * @return nothing if the answer names none that can be understood
     */
    static Optional<Duration> asked(Answer answer, Instant now) {
        Optional<Duration> asked = answer.header("Retry-After").flatMap(v -> secondsOrDate(v.trim(), now));
        return asked.or(() -> answer.header("X-Retry-After").flatMap(v -> epoch(v.trim(), now)))
                .or(() -> answer.header("X-RateLimit-Reset")
                        // Docker Hub sends it with every answer; it has to do with this one only.
                        .filter(v -> answer.status() == 429)
                        .flatMap(v -> epoch(v.trim(), now)));
    }

    /** The wait before attempt {@code attempt + 1}. */
    static Duration wait(int attempt, Optional<Duration> asked) {
        Duration usual = FIRST.multipliedBy(1L << Math.min(attempt - 1, 10));
        // A server that asks for nothing, or by a clock that is late, would otherwise be asked again in a tight loop.
        Duration least = asked.filter(a -> a.compareTo(usual) > 0).orElse(usual);
        long spread = Math.max(1, Math.min(least.toMillis() / 4, 5_000));
        return least.plusMillis(ThreadLocalRandom.current().nextLong(spread));
    }

    /** RFC 9110, section 10.2.3. */
    private static Optional<Duration> secondsOrDate(String value, Instant now) {
        if (value.matches("\\d{1,18}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        try {
            Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(notNegative(Duration.between(now, date)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Docker Hub's headers hold the unix time at which the limit is lifted, not a number of seconds. */
    private static Optional<Duration> epoch(String value, Instant now) {
        return value.matches("\\d{1,12}")
                ? Optional.of(notNegative(Duration.between(now, Instant.ofEpochSecond(Long.parseLong(value)))))
                : Optional.empty();
    }

    private static Duration notNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
