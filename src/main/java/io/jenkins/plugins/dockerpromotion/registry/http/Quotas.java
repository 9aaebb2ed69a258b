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
 * What the answers to an operation told of how many requests a server still takes: Docker Hub's registry of pulls, by
 * {@code ratelimit-limit} and {@code ratelimit-remaining}, its API of all requests, by {@code X-RateLimit-…}. Safe for use
 * by several threads.
 */
public final class Quotas {

    /** Docker Hub's registry adds the seconds over which it counts: {@code 100;w=21600}. */
    private static final Pattern FIGURE = Pattern.compile("([0-9]{1,9})(?:;w=([0-9]{1,9}))?");

    /** Little is less than this part of all. */
    private static final int PART = 4;

    private final Map<String, Quota> latest = new TreeMap<>();

    /** How much is left of what a server takes. */
    private record Quota(String host, int limit, int remaining, Optional<Duration> window, Optional<Instant> reset) {

        /** Of answers to requests sent side by side, the last one to be looked at need not be the last one given. */
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
            return "only " + remaining + " of " + limit + (window.isPresent() ? " pulls" : " requests")
                    + " are left on "
                    + host
                    + window.map(w -> ", counted over " + shown(w)).orElse("")
                    + reset.map(r -> ", until " + r).orElse("");
        }

        private static String shown(Duration window) {
            return window.toSecondsPart() == 0 && window.toMinutesPart() == 0 && window.toHours() > 0
                    ? window.toHours() + " h"
                    : window.toSeconds() + " s";
        }
    }

    /** Takes note of what an answer tells, if it does; headers that make no sense tell nothing. */
    void note(RegistryRequest call, Answer answer, Instant now) {
        // A storage service, behind a redirect, has limits of its own.
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

    /** A unix time; one that is over, or is a number of seconds in truth, tells nothing. */
    private static Optional<Instant> reset(String value, Instant now) {
        return Optional.of(value)
                .filter(v -> v.matches("[0-9]{1,10}"))
                .map(v -> Instant.ofEpochSecond(Long.parseLong(v)))
                .filter(now::isBefore);
    }

    /** Until when a host takes no more requests, as far as it has said so. */
    Optional<Instant> exhaustedUntil(String host) {
        synchronized (latest) {
            return Optional.ofNullable(latest.get("X-RateLimit-" + host))
                    .filter(quota -> quota.remaining == 0)
                    .flatMap(Quota::reset);
        }
    }

    /** One line on what was left last, where that is less than a quarter; nothing if there is enough. */
    public Optional<String> shortage() {
        synchronized (latest) {
            String line = latest.values().stream()
                    .filter(Quota::isShort)
                    .map(Quota::toString)
                    .collect(Collectors.joining("; "));
            return line.isEmpty() ? Optional.empty() : Optional.of("Careful: " + line);
        }
    }
}
