package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.time.Duration;
import java.time.Instant;

/** Reports the progress of long work every few seconds. Thread-safe. */
final class Progress {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final RegistryContext context;
    private final String verb;
    private final int all;
    private Instant nextLine;
    private int done;

    /** @param verb what happens to tags, such as {@code deleted} */
    Progress(RegistryContext context, String verb, int all) {
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
