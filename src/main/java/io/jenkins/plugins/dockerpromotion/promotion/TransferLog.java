package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.http.CountingStream;
import io.jenkins.plugins.dockerpromotion.registry.http.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.Timekeeper;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Says how far a transfer is, every few seconds. */
final class TransferLog {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Notices notices;
    private final Timekeeper time;
    private Instant nextLine;
    private long expected;
    private long moved;

    TransferLog(Notices notices, Timekeeper time) {
        this.notices = notices;
        this.time = time;
        this.nextLine = time.now().plus(INTERVAL);
    }

    Notices notices() {
        return notices;
    }

    /** Announces {@code size} bytes that will have to move. */
    synchronized void expect(long size) {
        expected += size;
    }

    /** Counts the bytes read from {@code in}. */
    InputStream counting(InputStream in) {
        return new CountingStream(in) {
            @Override
            protected void count(long read) {
                moved(read);
            }
        };
    }

    private synchronized void moved(long bytes) {
        moved += bytes;
        if (!time.now().isBefore(nextLine)) {
            nextLine = time.now().plus(INTERVAL);
            notices.say("copied " + mebibytes(moved) + " of " + mebibytes(expected));
        }
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024.0));
    }
}
