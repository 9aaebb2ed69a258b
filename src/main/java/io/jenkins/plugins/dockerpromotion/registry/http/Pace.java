package io.jenkins.plugins.dockerpromotion.registry.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Tells a slow transfer from one that is kept alive by a byte now and then, which would never end. */
final class Pace {

    /** In bytes a second: less than any line has had for decades. */
    static final int SLOWEST = 512;

    private final long span;
    private long time;
    private long bytes;

    /** @param span over which the pace is averaged */
    Pace(Duration span) {
        this.span = span.toNanos();
    }

    /** Takes down that {@code count} bytes took {@code nanos}; returns whether the transfer is fast enough to go on. */
    boolean keptBy(long count, long nanos) {
        time += nanos;
        bytes += count;
        if (time < span) {
            return true;
        }
        boolean kept = bytes >= TimeUnit.NANOSECONDS.toMillis(time) * SLOWEST / 1000;
        time = 0;
        bytes = 0;
        return kept;
    }
}
