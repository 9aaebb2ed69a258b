package io.jenkins.plugins.dockerpromotion.bench;

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

    /**
     * What one contender took.
     *
     * @param traffic of one run that was not timed
     */
    record Result(String name, Traffic traffic, Timings timings) {

        /** How many times as long as {@code other} it took. */
        double over(Result other) {
            return timings.ratioTo(other.timings);
        }
    }

    /**
     * Runs everybody once for its traffic, {@code warmUp} times for nothing, then {@code rounds} times by the clock.
     */
    List<Result> run(int warmUp, int rounds) throws Exception {
        List<Traffic> traffic = new ArrayList<>();
        for (Contender contender : counted) {
            contender.prepare().run(++number);
            Traffic before = meter.read();
            contender.run().run(number);
            traffic.add(meter.read().since(before));
        }
        for (int i = 0; i < warmUp; i++) {
            round();
        }
        long[][] nanos = new long[contenders.size()][rounds];
        for (int i = 0; i < rounds; i++) {
            long[] taken = round();
            for (int c = 0; c < taken.length; c++) {
                nanos[c][i] = taken[c];
            }
        }
        List<Result> results = new ArrayList<>();
        for (int c = 0; c < contenders.size(); c++) {
            results.add(new Result(contenders.get(c).name(), traffic.get(c), new Timings(nanos[c])));
        }
        return results;
    }

    private long[] round() throws Exception {
        long[] taken = new long[contenders.size()];
        for (int c = 0; c < taken.length; c++) {
            contenders.get(c).prepare().run(++number);
            long start = System.nanoTime();
            contenders.get(c).run().run(number);
            taken[c] = System.nanoTime() - start;
        }
        return taken;
    }
}
