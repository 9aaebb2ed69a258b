package io.jenkins.plugins.dockerpromotion.registry.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Remembers the rate limits that servers report: for pulls, the headers {@code ratelimit-limit} and {@code
 * ratelimit-remaining} of Docker Hub's registry; for requests, {@code X-RateLimit-…} of its API. Thread-safe.
 */
public final class Quotas {

    /** Docker Hub's registry adds the length of the window in seconds: {@code 100;w=21600}. */
    private static final Pattern FIGURE = Pattern.compile("([0-9]{1,9})(?:;w=([0-9]{1,9}))?");

    /** Warn if less than one part of this many is left. */
    private static final int PART = 4;

    private final Map<String, Quota> latest = new TreeMap<>();

    /** How much of a limit is left. */
    private record Quota(String host, int limit, int remaining, Optional<Duration> window, Optional<Instant> reset) {

        /** Answers to parallel requests may be read in another order than they were sent. */
        boolean isBehind(Quota next) {
            return reset.equals(next.reset)
                    && remaining < next.remaining
                    && next.remaining - remaining <= Parallel.PER_HOST;
        }

        boolean isShort() {
            return (long) remaining * PART < limit;
        }

        @Override
        public String toString() {
            return "only " + remaining + " of " + limit
                    + window.map(w -> " pulls in " + shown(w)).orElse(" requests")
                    + " are left on " + host
                    + reset.map(r -> ", until " + r).orElse("");
        }

        private static String shown(Duration window) {
            return window.toSecondsPart() == 0 && window.toMinutesPart() == 0 && window.toHours() > 0
                    ? window.toHours() + " h"
                    : window.toSeconds() + " s";
        }
    }

    /** Remembers the limits that an answer reports; ignores invalid headers. */
    void note(RegistryRequest call, Answer answer, Instant now) {
        // A storage service after a redirect has its own limits.
        if (Origin.of(answer.uri()).equals(Origin.of(call.uri()))) {
            note("ratelimit-", call, answer, now);
            note("X-RateLimit-", call, answer, now);
        }
    }

    private void note(String prefix, RegistryRequest call, Answer answer, Instant now) {
        Matcher limit =
                FIGURE.matcher(answer.header(prefix + "Limit").orElse("").trim());
        Matcher remaining =
                FIGURE.matcher(answer.header(prefix + "Remaining").orElse("").trim());
        if (limit.matches() && remaining.matches()) {
            Quota quota = new Quota(
                    call.host(),
                    Integer.parseInt(limit.group(1)),
                    Integer.parseInt(remaining.group(1)),
                    Optional.ofNullable(limit.group(2)).map(Long::valueOf).map(Duration::ofSeconds),
                    answer.header(prefix + "Reset").flatMap(reset -> reset(reset.trim(), now)));
            synchronized (latest) {
                latest.merge(prefix + call.host(), quota, (known, next) -> known.isBehind(next) ? known : next);
            }
        }
    }

    /** A Unix time in the future. Other values are ignored, also numbers of seconds. */
    private static Optional<Instant> reset(String value, Instant now) {
        return Optional.of(value)
                .filter(v -> v.matches("[0-9]{1,10}"))
                .map(v -> Instant.ofEpochSecond(Long.parseLong(v)))
                .filter(now::isBefore);
    }

    /** When a host that has reached its limit accepts requests again, if it reported that. */
    Optional<Instant> exhaustedUntil(String host) {
        synchronized (latest) {
            return Optional.ofNullable(latest.get("X-RateLimit-" + host))
                    .filter(quota -> quota.remaining == 0)
                    .flatMap(Quota::reset);
        }
    }

    /** A warning in one line if less than a quarter is left; empty otherwise. */
    public Optional<String> shortage() {
        synchronized (latest) {
            String line = latest.values().stream()
                    .filter(Quota::isShort)
                    .map(Quota::toString)
                    .collect(Collectors.joining("; "));
            return line.isEmpty() ? Optional.empty() : Optional.of("Warning: " + line);
        }
    }
}
