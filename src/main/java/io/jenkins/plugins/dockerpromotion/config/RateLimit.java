package io.jenkins.plugins.dockerpromotion.config;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Lets so many things happen at once, and then so many in each second (a token bucket). Safe for use by several threads. */
public final class RateLimit {

    private final int burst;
    private final double perSecond;
    private final LongSupplier nanoClock;
    private double left;
    private long last;

    /**
     * @param burst how many at once, after a time without any
     * @param perSecond how many come back each second
     * @param nanoClock in nanoseconds from any moment
     */
    public RateLimit(int burst, double perSecond, LongSupplier nanoClock) {
        this.burst = burst;
        this.perSecond = perSecond;
        this.left = burst;
        this.nanoClock = nanoClock;
        last = nanoClock.getAsLong();
    }

    /** Whether another one is allowed now; then it counts. */
    public synchronized boolean tryTake() {
        long now = nanoClock.getAsLong();
        left = Math.min(burst, left + (now - last) * perSecond / TimeUnit.SECONDS.toNanos(1));
        last = now;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
