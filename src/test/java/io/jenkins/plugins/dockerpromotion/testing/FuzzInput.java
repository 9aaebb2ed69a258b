package io.jenkins.plugins.dockerpromotion.testing;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Helpers for fuzz targets that take text. */
public final class FuzzInput {

    /** The limit of CPU time for any generated text. */
    public static final Duration LIMIT = Duration.ofMillis(100);

    private FuzzInput() {}

    /** The input as one text. Each byte is one character, as in an HTTP header. */
    public static String text(byte[] input) {
        return new String(input, StandardCharsets.ISO_8859_1);
    }

    /** The input as two texts: the first line and the rest. */
    public static String[] lineAndRest(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        return end < 0 ? new String[] {text, ""} : new String[] {text.substring(0, end), text.substring(end + 1)};
    }

    public static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** Measures the CPU time of the current thread, which other load on the machine does not affect. */
    public static final class CpuTime {

        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        private CpuTime() {}

        @FunctionalInterface
        public interface Work<E extends Exception> {
            void run() throws E;
        }

        /** Fails if {@code work} exceeds {@code limit} twice in a row. The first run may include class loading. */
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
