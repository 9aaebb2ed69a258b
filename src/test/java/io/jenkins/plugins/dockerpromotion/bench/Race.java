package io.jenkins.plugins.dockerpromotion.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the contenders alternately, so that load on the machine affects all of them alike. */
final class Race {

    private final List<Contender> counted;
    private final Meter meter;
    private final List<Contender> contenders;
    private int number;

    /**
     * @param counted the contenders whose traffic {@code meter} sees
     * @param contenders the same, in the same order, connected directly to the servers
     */
    Race(List<Contender> counted, Meter meter, List<Contender> contenders) {
        this.counted = List.copyOf(counted);
        this.meter = meter;
        this.contenders = List.copyOf(contenders);
    }

    /** A race in which {@code meter} also sees the measured runs. */
    Race(List<Contender> contenders, Meter meter) {
        this(contenders, meter, contenders);
    }

    /**
     * The result of one contender.
     *
     * @param traffic the traffic of one run
     * @param cpu processor time of all processes involved, including servers that run in this process
     */
    record Result(String name, Traffic traffic, Timings timings, Timings cpu) {

        /** Returns the ratio of this median time to that of {@code other}. */
        double over(Result other) {
            return timings.ratioTo(other.timings);
        }
    }

    /** Does {@code warmUp} unmeasured rounds, then {@code rounds} measured ones. The traffic of one run is counted. */
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

    /**
     * Returns the processor time of this process and its finished children, in nanoseconds. The kernel counts the
     * children's time in hundredths of a second.
     */
    private static long cpu() throws IOException {
        String[] fields = Files.readString(Path.of("/proc/self/stat"))
                .replaceFirst(".*\\) ", "")
                .split(" ");
        long own =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
        return own + (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * 10_000_000;
    }
}
