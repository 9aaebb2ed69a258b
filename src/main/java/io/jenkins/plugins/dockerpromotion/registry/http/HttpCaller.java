package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Sends calls until they succeed, fail for good, or were tried often enough: authorization, retries and waits are here,
 * and nowhere else. Safe for use by several threads.
 */
public final class HttpCaller {

    private final Sender sender;
    private final Timing timing;
    private final Timekeeper time;
    private final Notices notices;
    private final Warnings warnings;
    private final Quotas quotas;

    /**
     * @param certificateAuthority PEM text of the authority to trust besides the platform's, or empty
     * @param time the clock that waits go by
     * @param notices hears of waits and retries
     * @param quotas learn what servers tell of their limits
     */
    public HttpCaller(Network network, String certificateAuthority, Timekeeper time, Notices notices, Quotas quotas) {
        this(new HttpSender(new ClientHop(network, certificateAuthority)), network.timing(), time, notices, quotas);
    }

    private HttpCaller(Sender sender, Timing timing, Timekeeper time, Notices notices, Quotas quotas) {
        this.sender = sender;
        this.timing = timing;
        this.time = time;
        this.notices = notices;
        this.warnings = new Warnings(notices);
        this.quotas = quotas;
    }

    /**
     * A caller for addresses that strangers gave: it connects to what {@code addresses} names and to nothing else, shows
     * no credential, and follows no redirect. Takes calls whose body is at hand.
     *
     * @param certificateAuthority PEM text of the authority to trust besides the platform's, or empty
     */
    public static HttpCaller pinned(
            Network network, String certificateAuthority, Addresses addresses, Timekeeper time, Notices notices) {
        return new HttpCaller(
                new PinnedSender(network, certificateAuthority, addresses),
                network.timing(),
                time,
                notices,
                new Quotas());
    }

    /**
     * A caller for somebody who names a host and might want to look around in this network: the hosts that
     * {@code network} names are asked as always, all others, behind redirects too, at what {@code addresses} names and by
     * https alone.
     *
     * @param certificateAuthority PEM text of the authority to trust besides the platform's, or empty
     */
    static HttpCaller guarded(
            Network network, String certificateAuthority, Addresses addresses, Timekeeper time, Notices notices) {
        return new HttpCaller(
                new HttpSender(new GuardedHop(network, certificateAuthority, addresses)),
                network.timing(),
                time,
                notices,
                new Quotas());
    }

    /**
     * Sends {@code call} and reads its answer.
     *
     * @throws RegistryException once it failed for good, or as often as it may be tried
     * @throws InterruptedException at once when the thread is interrupted; the request is given up
     */
    public <T> T call(HttpCall call, Reading<T> reading) throws RegistryException, InterruptedException {
        int attempts = call.body().isRepeatable() ? timing.attempts() : 1;
        for (int attempt = 1; ; attempt++) {
            RegistryException failure;
            Optional<Duration> asked = Optional.empty();
            try (Answer answer = sendAuthorized(call)) {
                warnings.passOn(call, answer);
                quotas.note(call, answer, time.now());
                if (reading.accepts(answer.status())) {
                    return reading.read(answer);
                }
                asked = Backoff.asked(answer, time.now());
                failure = Failures.of(call, answer, asked);
            } catch (RegistryException e) {
                throwIfInterrupted();
                throw e;
            } catch (IOException e) {
                failure = Failures.of(call, e);
            }
            throwIfInterrupted();
            boolean tooLong =
                    asked.filter(a -> a.compareTo(timing.longestWait()) > 0).isPresent();
            if (!failure.isTemporary() || attempt >= attempts || tooLong) {
                throw failure;
            }
            Duration wait = Backoff.wait(attempt, asked);
            String next = String.format(
                    Locale.ROOT,
                    "; trying again in %.1f s (%d of %d)",
                    wait.toMillis() / 1000.0,
                    attempt + 1,
                    attempts);
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

    /** Sends again as long as a refusal teaches the authorizer something; it sees to it that this ends. */
    private Answer sendAuthorized(HttpCall call) throws IOException, InterruptedException {
        while (true) {
            Optional<String> authorization = call.authorizer().authorization();
            Answer answer = sender.send(call, authorization);
            // What a storage service says, behind a redirect, is no word of the registry's about its credentials.
            boolean refused = (answer.status() == 401 || answer.status() == 403)
                    && Origin.of(answer.uri()).equals(Origin.of(call.uri()));
            if (!refused || !call.body().isRepeatable() || !call.authorizer().reconsider(answer, authorization)) {
                return answer;
            }
            answer.close();
        }
    }
}
