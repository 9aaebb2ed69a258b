package io.jenkins.plugins.dockerpromotion.steps;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for what a test expects, in this process or in that of a controller. */
final class Waiting {

    private Waiting() {}

    /** Fails after a minute. */
    static void until(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what);
            }
            Thread.sleep(50);
        }
    }
}
