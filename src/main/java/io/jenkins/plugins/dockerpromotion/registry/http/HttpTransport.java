package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends requests until they succeed, fail for good, or were tried often enough: redirects, authorization, retries and
 * waits are here, and nowhere else. Safe for use by several threads.
 */
public final class HttpTransport {

    private static final int MAX_REDIRECTS = 5;

    /** 303 is an order to GET something else, which makes sense for a GET only. */
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 307, 308);

    /** What a registry wants people to know (OCI distribution specification, "Warnings"). */
    private static final Pattern WARNING = Pattern.compile("299 \\S+ \"((?:[^\"\\\\]|\\\\.){1,400})\"");

    /** A registry that sends a new warning with each answer should not fill the log. */
    private static final int MAX_WARNINGS = 20;

    /** Docker Hub counts by the minute; a server that closes for longer is left to say so itself. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(300);

    /** In seconds. Nobody asks to wait for a year; the number is a unix time then. */
    private static final long A_YEAR = Duration.ofDays(365).toSeconds();

    private final HttpSender sender;
    private final Timing timing;
    private final Timekeeper time;
    private final Notices notices;
    private final Quotas quotas;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    /** @param certificateAuthority PEM text of the authority to trust besides the platform's, or empty */
    public HttpTransport(RegistryContext context, String certificateAuthority) {
        this.sender = new HttpSender(context.network(), certificateAuthority);
        this.timing = context.network().timing();
        this.time = context.time();
        this.notices = context.notices();
        this.quotas = context.quotas();
    }

    /**
     * Sends {@code request} and reads its answer.
     *
     * @throws RegistryException once it failed for good, or as often as it may be tried
     * @throws InterruptedException at once when the thread is interrupted; the request is given up
     */
    public <T> T call(RegistryRequest request, Authorizer authorizer, Answer.Reader<T> reader)
            throws RegistryException, InterruptedException {
        int attempts = request.body().isRepeatable() ? timing.attempts() : 1;
        for (int attempt = 1; ; attempt++) {
            RegistryException failure;
            Optional<Duration> asked = Optional.empty();
            keepPace(request);
            try (Answer answer = sendAuthorized(request, authorizer)) {
                passOnWarnings(answer);
                quotas.note(request, answer, time.now());
                if (request.accepted().test(answer.status())) {
                    return reader.read(answer);
                }
                asked = retryAfter(answer, time.now());
                failure = Failures.of(answer, asked);
            } catch (RegistryException e) {
                throwIfInterrupted();
                throw e;
            } catch (IOException e) {
                throwIfInterrupted(e);
                failure = Failures.of(request, authorizer, e);
            }
            throwIfInterrupted();
            boolean tooLong =
                    asked.filter(a -> a.compareTo(timing.longestWait()) > 0).isPresent();
            if (!failure.isTemporary() || attempt >= attempts || tooLong) {
                throw failure;
            }
            Duration wait = pause(attempt, asked);
            String next = String.format(
                    Locale.ROOT, "; retrying in %.1f s (%d of %d)", wait.toMillis() / 1000.0, attempt + 1, attempts);
            notices.say(failure.getMessage() + next);
            time.pause(wait);
        }
    }

    /** An aborted call looks like one whose connection broke. */
    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** The same if only the exception still tells: loading a class can clear the thread's own state on an agent. */
    private static void throwIfInterrupted(IOException broken) throws InterruptedException {
        throwIfInterrupted();
        for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
            if (cause instanceof ClosedByInterruptException) {
                throw new InterruptedException();
            }
        }
    }

    /** Waits where a server has said that it takes no more requests for now, instead of being refused. */
    private void keepPace(RegistryRequest request) throws InterruptedException {
        throwIfInterrupted();
        Duration wait = quotas.exhaustedUntil(request.host())
                .map(until -> Duration.between(time.now(), until))
                .orElse(Duration.ZERO);
        if (!wait.isNegative() && !wait.isZero() && wait.compareTo(LONGEST_PAUSE) <= 0) {
            String line =
                    request.host() + " takes only so many requests at a time; waiting when it takes no more, now for "
                            + wait.toSeconds() + " s";
            if (said.add(request.host())) {
                notices.say(line);
            }
            time.pause(jittered(wait));
        }
    }

    private void passOnWarnings(Answer answer) {
        for (String header : answer.headers("Warning")) {
            Matcher warning = WARNING.matcher(header);
            if (warning.lookingAt()) {
                String text = answer.fitForLog(warning.group(1).replaceAll("\\\\(.)", "$1"));
                if (said.size() < MAX_WARNINGS && said.add(text)) {
                    notices.say(answer.request().host() + " says: " + text);
                }
            }
        }
    }

    /** Sends again as long as a refusal teaches the authorizer something; it sees to it that this ends. */
    private Answer sendAuthorized(RegistryRequest request, Authorizer authorizer)
            throws IOException, InterruptedException {
        while (true) {
            Optional<String> authorization = authorizer.authorization();
            Answer answer = sendRedirected(request, authorizer, authorization);
            // What a storage service says, behind a redirect, is no word of the registry's about its credentials.
            boolean refused = (answer.status() == 401 || answer.status() == 403)
                    && Origin.of(answer.uri()).equals(Origin.of(request.uri()));
            if (!refused || !request.body().isRepeatable() || !authorizer.reconsider(answer, authorization)) {
                return answer;
            }
            answer.close();
        }
    }

    /** Follows redirects where that is safe: a credential never leaves its origin, and what is written does not either. */
    private Answer sendRedirected(RegistryRequest request, Authorizer authorizer, Optional<String> authorization)
            throws IOException, InterruptedException {
        Origin home = Origin.of(request.uri());
        URI uri = request.uri();
        for (int redirects = 0; ; redirects++) {
            boolean atHome = Origin.of(uri).equals(home);
            Answer answer = sender.send(request, authorizer, uri, atHome ? authorization : Optional.empty());
            if (answer.header("Content-Encoding")
                    .filter(e -> !e.equalsIgnoreCase("identity"))
                    .isPresent()) {
                answer.close();
                throw answer.failure("the answer is compressed though nobody asked for it");
            }
            if (!isRedirect(request, answer)) {
                return answer;
            }
            URI target = answer.target("Location");
            if (!request.isReading() && !Origin.of(target).equals(home)) {
                return answer;
            }
            answer.close();
            if (redirects == MAX_REDIRECTS) {
                throw answer.failure("it was redirected more than " + MAX_REDIRECTS + " times");
            }
            uri = target;
        }
    }

    private static boolean isRedirect(RegistryRequest request, Answer answer) {
        boolean redirect = REDIRECTS.contains(answer.status()) || (answer.status() == 303 && request.isReading());
        // Only a registry is believed that what is written belongs elsewhere.
        boolean again = request.isReading()
                || (request.scope().isPresent() && request.body().isRepeatable());
        return redirect && again && answer.header("Location").isPresent();
    }

    /** The time a server asks to wait, if it names one that can be understood. */
    private static Optional<Duration> retryAfter(Answer answer, Instant now) {
        return answer.header("Retry-After")
                .or(() -> answer.header("X-Retry-After"))
                // Docker Hub sends it with every answer; it has to do with this one only.
                .or(() -> answer.header("X-RateLimit-Reset").filter(v -> answer.status() == 429))
                .flatMap(value -> duration(value.trim(), now))
                .map(wait -> wait.isNegative() ? Duration.ZERO : wait);
    }

    /** A number of seconds or a date (RFC 9110, section 10.2.3), or a unix time, which Docker Hub sends instead. */
    private static Optional<Duration> duration(String value, Instant now) {
        if (value.matches("\\d{1,18}")) {
            long number = Long.parseLong(value);
            return Optional.of(Duration.ofSeconds(number <= A_YEAR ? number : number - now.getEpochSecond()));
        }
        try {
            ZonedDateTime date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
            return Optional.of(Duration.between(now, date.toInstant()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The wait before attempt {@code attempt + 1}: as long as the server asks, else a little longer each time. */
    private static Duration pause(int attempt, Optional<Duration> asked) {
        Duration usual = FIRST_PAUSE.multipliedBy(1L << Math.min(attempt - 1, 10));
        // A server that asks for nothing, or by a clock that is late, would otherwise be asked again in a tight loop.
        return jittered(asked.filter(a -> a.compareTo(usual) > 0).orElse(usual));
    }

    /** A little more than {@code least}, so that the builds a registry turned away do not come back all at once. */
    private static Duration jittered(Duration least) {
        long spread = Math.max(1, Math.min(least.toMillis() / 4, 5_000));
        return least.plusMillis(ThreadLocalRandom.current().nextLong(spread));
    }
}
