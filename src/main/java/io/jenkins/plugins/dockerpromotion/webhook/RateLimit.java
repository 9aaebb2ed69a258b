package io.jenkins.plugins.dockerpromotion.webhook;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A token bucket: allows a burst, and then a fixed rate. Thread-safe. */
final class RateLimit {

    private final int burst;
    private final int perSecond;
    private final LongSupplier nanoClock;
    private double left;
    private long last;

    /**
     * @param burst how many at once after an idle time
     * @param perSecond how many are added each second
     * @param nanoClock in nanoseconds from any moment
     */
    RateLimit(int burst, int perSecond, LongSupplier nanoClock) {
        this.burst = burst;
        this.perSecond = perSecond;
        this.left = burst;
        this.nanoClock = nanoClock;
        last = nanoClock.getAsLong();
    }

    /** Takes a token; returns whether one was available. */
    synchronized boolean tryTake() {
        long now = nanoClock.getAsLong();
        left = Math.min(burst, left + (double) (now - last) * perSecond / TimeUnit.SECONDS.toNanos(1));
        last = now;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
