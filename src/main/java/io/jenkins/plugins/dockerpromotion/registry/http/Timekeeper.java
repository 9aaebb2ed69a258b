package io.jenkins.plugins.dockerpromotion.registry.http;

import java.time.Duration;
import java.time.Instant;

/** The clock that waits and token lifetimes go by; tests move it themselves. */
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
