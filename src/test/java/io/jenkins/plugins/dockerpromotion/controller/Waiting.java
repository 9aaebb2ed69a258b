package io.jenkins.plugins.dockerpromotion.controller;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for a condition, in the process of the test or of a controller. */
public final class Waiting {

    private Waiting() {}

    /** Fails if the condition is not true within a minute. */
    public static void until(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what);
            }
            Thread.sleep(50);
        }
    }

    /** Returns true when the latch is open. Fails after a minute, without a checked exception. */
    public static boolean isOpen(CountDownLatch latch) {
        try {
            if (!latch.await(1, TimeUnit.MINUTES)) {
                throw new AssertionError("waited in vain for a latch");
            }
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
