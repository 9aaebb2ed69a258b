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

    /** In seconds. Nobody asks to wait for a year; the number is a unix time then. */
    private static final long A_YEAR = Duration.ofDays(365).toSeconds();

    private Backoff() {}

    /**
     * The time a server asks for.
     *
     * @return nothing if the answer names none that can be understood
     */
    static Optional<Duration> asked(Answer answer, Instant now) {
        return answer.header("Retry-After")
                .or(() -> answer.header("X-Retry-After"))
                // Docker Hub sends it with every answer; it has to do with this one only.
                .or(() -> answer.header("X-RateLimit-Reset").filter(v -> answer.status() == 429))
                .flatMap(value -> wait(value.trim(), now));
    }

    /** The wait before attempt {@code attempt + 1}. */
    static Duration wait(int attempt, Optional<Duration> asked) {
        Duration usual = FIRST.multipliedBy(1L << Math.min(attempt - 1, 10));
        // A server that asks for nothing, or by a clock that is late, would otherwise be asked again in a tight loop.
        return spread(asked.filter(a -> a.compareTo(usual) > 0).orElse(usual));
    }

    /** A little more than {@code least}. */
    static Duration spread(Duration least) {
        long spread = Math.max(1, Math.min(least.toMillis() / 4, 5_000));
        return least.plusMillis(ThreadLocalRandom.current().nextLong(spread));
    }

    /** A number of seconds or a date (RFC 9110, section 10.2.3), or a unix time, which Docker Hub sends instead. */
    private static Optional<Duration> wait(String value, Instant now) {
        if (value.matches("\\d{1,18}")) {
            long number = Long.parseLong(value);
            return Optional.of(
                    number <= A_YEAR
                            ? Duration.ofSeconds(number)
                            : notNegative(Duration.ofSeconds(number - now.getEpochSecond())));
        }
        try {
            Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(notNegative(Duration.between(now, date)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Duration notNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
