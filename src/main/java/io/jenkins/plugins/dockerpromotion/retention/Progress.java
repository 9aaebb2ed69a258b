package io.jenkins.plugins.dockerpromotion.retention;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import java.time.Duration;
import java.time.Instant;

/** Says how far long work is, every few seconds. Safe for use by several threads. */
final class Progress {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final RegistryTransport.Context context;
    private final String verb;
    private final int all;
    private Instant nextLine;
    private int done;

    /** @param verb what is done to tags, such as {@code deleted} */
    Progress(RegistryTransport.Context context, String verb, int all) {
        this.context = context;
        this.verb = verb;
        this.all = all;
        this.nextLine = context.time().now().plus(INTERVAL);
    }

    synchronized void step() {
        done++;
        if (!context.time().now().isBefore(nextLine)) {
            nextLine = context.time().now().plus(INTERVAL);
            context.notices().say(verb + " " + done + " of " + all + " tags");
        }
    }
}
