package io.jenkins.plugins.dockerpromotion.testing;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What a fuzzer made up, for targets that take texts. */
public final class FuzzInput {

    /** More than any of these texts may take, however it is made. */
    public static final Duration LIMIT = Duration.ofMillis(100);

    private FuzzInput() {}

    /** The input as one text; each byte is a character, as in a header. */
    public static String text(byte[] input) {
        return new String(input, StandardCharsets.ISO_8859_1);
    }

    /** The input as two texts: its first line, and what stands behind it. */
    public static String[] lineAndRest(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        return end < 0 ? new String[] {text, ""} : new String[] {text.substring(0, end), text.substring(end + 1)};
    }

    /** Fails unless what was found out holds. */
    public static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** Finds work that a short text keeps busy for long; by the time of the thread alone, whatever else the machine does. */
    public static final class CpuTime {

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
}
