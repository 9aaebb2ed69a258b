package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;

/** Says now and then how far a long list is, so that a build that waits for a registry's pace does not look hung. */
final class ListProgress {

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(20);

    private final String what;
    private final RegistryContext context;
    private Instant last;

    /** @param what behind "Reading", with where it is read */
    ListProgress(String what, RegistryContext context) {
        this.what = what;
        this.context = context;
        this.last = context.time().now();
    }

    void at(int read, OptionalInt all) {
        Instant now = context.time().now();
        if (Duration.between(last, now).compareTo(BETWEEN_LINES) >= 0) {
            last = now;
            context.notices()
                    .say("Reading " + what + ": " + read + (all.isPresent() ? " of " + all.getAsInt() : "")
                            + " so far");
        }
    }
}
