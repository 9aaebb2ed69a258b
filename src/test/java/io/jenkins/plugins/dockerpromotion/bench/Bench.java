package io.jenkins.plugins.dockerpromotion.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs the benchmarks that need no Jenkins; see {@code bin/bench}. */
public final class Bench {

    private Bench() {}

    /** Arguments: the file to write, the number of rounds, and which parts to run: promote, docker, find, heap, hot. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        List<String> parts = List.of(arguments).subList(2, arguments.length);
        Report report = new Report();
        if (parts.contains("promote")) {
            new PromoteBench(report, rounds).run();
        }
        if (parts.contains("docker")) {
            new DockerBench(report).run();
        }
        if (parts.contains("find")) {
            new FindBench(report, rounds).run();
        }
        if (parts.contains("heap")) {
            new HeapBench(report).run();
        }
        if (parts.contains("hot")) {
            new HotBench(report).run();
        }
        Files.writeString(file, report.toString());
        System.exit(0);
    }
}
