package io.jenkins.plugins.dockerpromotion.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lets contenders do the same job in turns, so that what disturbs the machine disturbs all of them. */
final class Race {

    private final List<Contender> counted;
    private final Meter meter;
    private final List<Contender> contenders;
    private int number;

    /**
     * @param counted the contenders where {@code meter} sees what they do
     * @param contenders the same, in the same order, where nothing stands between them and the servers
     */
    Race(List<Contender> counted, Meter meter, List<Contender> contenders) {
        this.counted = List.copyOf(counted);
        this.meter = meter;
        this.contenders = List.copyOf(contenders);
    }

    /** A race whose contenders are always seen by {@code meter}. */
    Race(List<Contender> contenders, Meter meter) {
        this(contenders, meter, contenders);
    }

    /**
     * What one contender took.
     *
     * @param traffic of one run
     * @param cpu processor time of all processes that worked for it; also of the servers, where these are in this process
     */
    record Result(String name, Traffic traffic, Timings timings, Timings cpu) {

        /** How many times as long as {@code other} it took. */
        double over(Result other) {
            return timings.ratioTo(other.timings);
        }
    }

    /** Runs everybody {@code warmUp} times for nothing, then {@code rounds} times by the clock, and counts once. */
    List<Result> run(int warmUp, int rounds) throws Exception {
        Traffic[] traffic = new Traffic[contenders.size()];
        if (!counted.equals(contenders)) {
            round(counted, traffic, new long[2][traffic.length]);
        }
        for (int i = 0; i < warmUp; i++) {
            round(contenders, new Traffic[traffic.length], new long[2][traffic.length]);
        }
        long[][] nanos = new long[traffic.length][rounds];
        long[][] cpu = new long[traffic.length][rounds];
        for (int i = 0; i < rounds; i++) {
            long[][] taken = new long[2][traffic.length];
            round(contenders, counted.equals(contenders) ? traffic : new Traffic[traffic.length], taken);
            for (int c = 0; c < traffic.length; c++) {
                nanos[c][i] = taken[0][c];
                cpu[c][i] = taken[1][c];
            }
        }
        List<Result> results = new ArrayList<>();
        for (int c = 0; c < traffic.length; c++) {
            results.add(new Result(contenders.get(c).name(), traffic[c], new Timings(nanos[c]), new Timings(cpu[c])));
        }
        return results;
    }

    private void round(List<Contender> all, Traffic[] traffic, long[][] taken) throws Exception {
        for (int c = 0; c < all.size(); c++) {
            all.get(c).prepare().run(++number);
            Traffic before = meter.read();
            long cpu = cpu();
            long start = System.nanoTime();
            all.get(c).run().run(number);
            taken[0][c] = System.nanoTime() - start;
            taken[1][c] = cpu() - cpu;
            traffic[c] = meter.read().since(before);
        }
    }

    /** Nanoseconds of this process and of its children that have ended, which the kernel counts in hundredths of a second. */
    private static long cpu() throws IOException {
        String[] fields = Files.readString(Path.of("/proc/self/stat"))
                .replaceFirst(".*\\) ", "")
                .split(" ");
        long own =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
        return own + (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * 10_000_000;
    }
}
