package io.jenkins.plugins.dockerpromotion.testing;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/** Finds work that a short text keeps busy for long; by the time of the thread alone, whatever else the machine does. */
public final class CpuTime {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private CpuTime() {}

    /** Work that may throw only what it declares. */
    @FunctionalInterface
    public interface Work<E extends Exception> {
        void run() throws E;
    }

    /** Does {@code work}, and fails if that took longer than {@code limit}, twice: the first time may have loaded classes. */
    public static <E extends Exception> void within(Duration limit, Work<E> work) throws E {
        if (spent(work) > limit.toNanos()) {
            long again = spent(work);
            if (again > limit.toNanos()) {
                throw new AssertionError("took " + Duration.ofNanos(again).toMillis() + " ms");
            }
        }
    }

    private static <E extends Exception> long spent(Work<E> work) throws E {
        long before = THREADS.getCurrentThreadCpuTime();
        work.run();
        return THREADS.getCurrentThreadCpuTime() - before;
    }
}
