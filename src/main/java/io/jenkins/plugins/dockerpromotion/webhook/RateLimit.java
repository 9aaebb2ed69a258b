package io.jenkins.plugins.dockerpromotion.webhook;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** So many of one kind: a burst at once, and then as many as come back each second; as it stands, deliveries of a token. */
public final class RateLimit {

    static final int BURST = 500;
    static final int PER_SECOND = 50;

    private final int burst;
    private final double perSecond;
    private final LongSupplier nanoClock;
    private double left;
    private long last;

    RateLimit(LongSupplier nanoClock) {
        this(BURST, PER_SECOND, nanoClock);
    }

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
