package io.jenkins.plugins.dockerpromotion.testing;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits on behalf of a server that plays slow, and ends at once when the server is closed. */
final class Pause {

    private Pause() {}

    static void of(Duration duration) throws InterruptedIOException {
        if (duration.isZero()) {
            return;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server was closed");
        }
    }
}
