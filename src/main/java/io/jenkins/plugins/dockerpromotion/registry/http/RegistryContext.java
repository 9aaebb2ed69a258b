package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * What calls need besides the registry and credentials.
 *
 * @param network the network settings
 * @param time the clock for waits and token lifetimes
 * @param notices receives messages about waits and retries
 * @param memory of earlier attempts of the same operation
 * @param quotas the rate limits that servers reported
 */
public record RegistryContext(Network network, Timekeeper time, Notices notices, Memory memory, Quotas quotas) {

    /** For an operation that is not sent again. */
    public RegistryContext(Network network, Timekeeper time, Notices notices) {
        this(network, time, notices, Memory.NONE);
    }

    /** For an operation that may be sent again. */
    public RegistryContext(Network network, Timekeeper time, Notices notices, Memory memory) {
        this(network, time, notices, memory, new Quotas());
    }

    /** The same on another network. */
    public RegistryContext with(Network other) {
        return new RegistryContext(other, time, notices, memory, quotas);
    }

    /** A transport that trusts the certificate authority of {@code location}. */
    public HttpTransport transport(RegistryLocation location) {
        return new HttpTransport(this, location.certificateAuthority());
    }

    /** Receives messages for the log while a call is running: waits, retries, and warnings from the registry. */
    @FunctionalInterface
    public interface Notices {

        /** Discards all messages. */
        Notices NONE = line -> {};

        /** @param line one line without secrets */
        void say(String line);
    }

    /** The clock for waits and token lifetimes; tests control it. */
    public interface Timekeeper {

        /** The real clock. */
        Timekeeper SYSTEM = new Timekeeper() {
            @Override
            public Instant now() {
                return Instant.now();
            }

            @Override
            public void pause(Duration duration) throws InterruptedException {
                Thread.sleep(duration.toMillis());
            }
        };

        Instant now();

        /** Returns once {@code duration} has passed on this clock. */
        void pause(Duration duration) throws InterruptedException;
    }

    /** Facts that an operation needs if it is sent again, for example after a restart of the controller. */
    public interface Memory {

        /** Keeps nothing, for operations that are not sent again. */
        Memory NONE = new Memory() {
            @Override
            public Optional<String> recall(String key) {
                return Optional.empty();
            }

            @Override
            public void keep(Map<String, String> facts) {
                // Not needed.
            }
        };

        /** The facts that an earlier attempt kept. */
        Optional<String> recall(String key);

        /**
         * Keeps facts for later attempts.
         *
         * @param facts keys without spaces, and values; both without line breaks and secrets
         * @throws IOException if they cannot be kept
         */
        void keep(Map<String, String> facts) throws IOException;
    }

    /**
     * Logs the progress of long work every few seconds, so that a build that waits for a slow registry does not seem to
     * hang. Thread-safe.
     */
    public static final class Progress {

        private static final Duration INTERVAL = Duration.ofSeconds(5);

        private final RegistryContext context;
        private final LongFunction<String> line;
        private Instant nextLine;
        private long done;

        /** @param line the message for the amount that is done */
        public Progress(RegistryContext context, LongFunction<String> line) {
            this.context = context;
            this.line = line;
            this.nextLine = context.time().now().plus(INTERVAL);
        }

        /** The progress of work that handles one tag after the other. */
        public static Progress ofTags(RegistryContext context, String verb, int all) {
            return new Progress(context, done -> verb + " " + done + " of " + all + " tags");
        }

        /** Counts {@code amount} as done. */
        public synchronized void add(long amount) {
            done += amount;
            Instant now = context.time().now();
            if (!now.isBefore(nextLine)) {
                nextLine = now.plus(INTERVAL);
                context.notices().say(line.apply(done));
            }
        }
    }
}
