package io.jenkins.plugins.dockerpromotion.registry.http;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongFunction;

/**
 * Logs the progress of long work every few seconds, so that a build that waits for a slow registry does not seem to
 * hang. Thread-safe.
 */
public final class Progress {

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
