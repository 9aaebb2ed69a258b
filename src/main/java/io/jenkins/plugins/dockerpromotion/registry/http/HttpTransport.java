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
 * Sends requests until they succeed, fail permanently, or reach the maximum number of attempts. This is the only place
 * for redirects, authorization, retries and waits. Thread-safe.
 */
public final class HttpTransport {

    private static final int MAX_REDIRECTS = 5;

    /** 303 means to GET another address, which makes sense only for a GET. */
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 307, 308);

    /** Warnings from a registry (OCI distribution specification, "Warnings"). */
    private static final Pattern WARNING = Pattern.compile("299 \\S+ \"((?:[^\"\\\\]|\\\\.){1,400})\"");

    /** Other values, such as {@code aws-chunked}, say nothing about the content. */
    private static final Pattern COMPRESSED =
            Pattern.compile("\\b(?:gzip|compress|deflate|br|zstd)\\b", Pattern.CASE_INSENSITIVE);

    /** Prevents a registry that sends a new warning with each answer from filling the log. */
    private static final int MAX_WARNINGS = 20;

    /** Docker Hub counts per minute. A server with a longer limit answers 429. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(300);

    /** In seconds. No server asks to wait for a year, so a greater number is a Unix time. */
    private static final long A_YEAR = Duration.ofDays(365).toSeconds();

    private final HttpSender sender;
    private final Timing timing;
    private final Timekeeper time;
    private final Notices notices;
    private final Quotas quotas;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    /** @param certificateAuthority an authority in PEM format to trust in addition to the platform's, or empty */
    public HttpTransport(RegistryContext context, String certificateAuthority) {
        this.sender = new HttpSender(context.network(), certificateAuthority);
        this.timing = context.network().timing();
        this.time = context.time();
        this.notices = context.notices();
        this.quotas = context.quotas();
    }

    /**
     * Sends {@code request} and reads the answer.
     *
     * @throws RegistryException if it failed permanently, or reached the maximum number of attempts
     * @throws InterruptedException as soon as the thread is interrupted, which cancels the request
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
                failure = RegistryException.of(answer, asked);
            } catch (RegistryException e) {
                throwIfInterrupted();
                throw e;
            } catch (IOException e) {
                throwIfInterrupted(e);
                failure = RegistryException.of(request, authorizer, e);
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

    /** An aborted call looks like one with a broken connection. */
    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /**
     * The same if only the exception shows it: on an agent, loading a class can clear the interrupt status of the
     * thread.
     */
    private static void throwIfInterrupted(IOException broken) throws InterruptedException {
        throwIfInterrupted();
        for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
            if (cause instanceof ClosedByInterruptException) {
                throw new InterruptedException();
            }
        }
    }

    /** Waits if a server has reported that its limit is reached, instead of sending a request that would be refused. */
    private void keepPace(RegistryRequest request) throws InterruptedException {
        throwIfInterrupted();
        Duration wait = quotas.exhaustedUntil(request.host())
                .map(until -> Duration.between(time.now(), until))
                .orElse(Duration.ZERO);
        if (!wait.isNegative() && !wait.isZero() && wait.compareTo(LONGEST_PAUSE) <= 0) {
            String line =
                    request.host() + " limits the number of requests; waiting whenever the limit is reached, now for "
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

    /** Retries as long as the authorizer can react to the refusal. The authorizer limits the number of attempts. */
    private Answer sendAuthorized(RegistryRequest request, Authorizer authorizer)
            throws IOException, InterruptedException {
        while (true) {
            Optional<String> authorization = authorizer.authorization();
            Answer answer = sendRedirected(request, authorizer, authorization);
            // A storage service after a redirect says nothing about the registry's credentials.
            // Some registries hide private content from requests without login.
            boolean hidden = answer.status() == 404 && authorization.isEmpty();
            boolean refused = (answer.status() == 401 || answer.status() == 403 || hidden)
                    && Origin.of(answer.uri()).equals(Origin.of(request.uri()));
            if (!refused || !request.body().isRepeatable() || !authorizer.reconsider(answer, authorization)) {
                return answer;
            }
            answer.close();
        }
    }

    /** Follows redirects if that is safe: credentials and request bodies are not sent to another origin. */
    private Answer sendRedirected(RegistryRequest request, Authorizer authorizer, Optional<String> authorization)
            throws IOException, InterruptedException {
        Origin home = Origin.of(request.uri());
        URI uri = request.uri();
        for (int redirects = 0; ; redirects++) {
            boolean atHome = Origin.of(uri).equals(home);
            Answer answer = sender.send(request, authorizer, uri, atHome ? authorization : Optional.empty());
            boolean hasContent = answer.status() == 200 && !request.method().equals("HEAD");
            if (hasContent
                    && answer.header("Content-Encoding")
                            .filter(coding -> COMPRESSED.matcher(coding).find())
                            .isPresent()) {
                answer.close();
                throw answer.failure("the answer is compressed, although the request did not allow that");
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
        // Only a registry may redirect a write.
        boolean again = request.isReading()
                || (request.scope().isPresent() && request.body().isRepeatable());
        return redirect && again && answer.header("Location").isPresent();
    }

    /** How long the server asks to wait, if it sends a valid header. */
    private static Optional<Duration> retryAfter(Answer answer, Instant now) {
        return answer.header("Retry-After")
                .or(() -> answer.header("X-Retry-After"))
                // Docker Hub sends this header with every answer, but it matters only for this one.
                .or(() -> answer.header("X-RateLimit-Reset").filter(v -> answer.status() == 429))
                .flatMap(value -> duration(value.trim(), now))
                .map(wait -> wait.isNegative() ? Duration.ZERO : wait);
    }

    /** A number of seconds or a date (RFC 9110, section 10.2.3), or a Unix time, as Docker Hub sends. */
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

    /**
     * The wait before attempt {@code attempt + 1}: as long as the server asks, otherwise increasing with each attempt.
     */
    private static Duration pause(int attempt, Optional<Duration> asked) {
        Duration usual = FIRST_PAUSE.multipliedBy(1L << Math.min(attempt - 1, 10));
        // Otherwise, a server that sends 0, or whose clock is wrong, would cause a tight loop.
        return jittered(asked.filter(a -> a.compareTo(usual) > 0).orElse(usual));
    }

    /** Adds jitter, so that waiting builds do not all retry at once. */
    private static Duration jittered(Duration least) {
        long spread = Math.max(1, Math.min(least.toMillis() / 4, 5_000));
        return least.plusMillis(ThreadLocalRandom.current().nextLong(spread));
    }
}
