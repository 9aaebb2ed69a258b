package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/** Docker Hub's limit of API requests, counted in windows that begin with the first request in them. */
final class HubRateLimit {

    private final HubSettings settings;
    private final InstantSource clock;
    private Instant reset = Instant.MIN;
    private int remaining;

    HubRateLimit(HubSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    Answer count(Fault.Handling handling) throws IOException {
        if (settings.rateLimit() < 0) {
            return handling.proceed();
        }
        Turn turn = take();
        return (turn.exceeded ? tooMany(turn) : handling.proceed())
                .with("X-RateLimit-Limit", Integer.toString(settings.rateLimit()))
                .with("X-RateLimit-Remaining", Integer.toString(turn.remaining))
                .with("X-RateLimit-Reset", turn.reset);
    }

    private record Turn(boolean exceeded, int remaining, String reset) {}

    private synchronized Turn take() {
        if (!clock.instant().isBefore(reset)) {
            reset = clock.instant().plus(settings.rateWindow());
            remaining = settings.rateLimit();
        }
        boolean exceeded = remaining == 0;
        remaining = Math.max(remaining - 1, 0);
        return new Turn(exceeded, remaining, epochSecond());
    }

    private Answer tooMany(Turn turn) {
        Answer answer = settings.plainTextErrors()
                ? Answer.of(429).with("Content-Type", "text/plain").body(Content.of("Too many requests"))
                : Answer.json(429, Map.of("detail", "Rate limit exceeded", "error", false));
        return answer.with("X-Retry-After", turn.reset);
    }

    /** Rounded up: a client that comes back at that second must find the window over. */
    private String epochSecond() {
        return Long.toString(reset.plusNanos(999_999_999).getEpochSecond());
    }
}
