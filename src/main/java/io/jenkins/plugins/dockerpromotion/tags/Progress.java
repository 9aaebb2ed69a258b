package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.time.Duration;
import java.time.Instant;

/** Says how far long work is, every few seconds. Safe for use by several threads. */
final class Progress {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final RegistryContext context;
    private final String verb;
    private final int all;
    private Instant nextLine;
    private int done;

    /** @param verb what is done to tags, such as {@code deleted} */
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
