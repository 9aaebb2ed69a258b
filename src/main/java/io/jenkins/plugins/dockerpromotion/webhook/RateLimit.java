package io.jenkins.plugins.dockerpromotion.webhook;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** So many deliveries of one token: a burst at once, and then as many as come back each second. */
final class RateLimit {

    static final int BURST = 500;
    static final int PER_SECOND = 50;

    private final LongSupplier nanoClock;
    private double left = BURST;
    private long last;

    RateLimit(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        last = nanoClock.getAsLong();
    }

    synchronized boolean tryTake() {
        long now = nanoClock.getAsLong();
        left = Math.min(BURST, left + (now - last) * (double) PER_SECOND / TimeUnit.SECONDS.toNanos(1));
        last = now;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
