package io.jenkins.plugins.dockerpromotion.bench;

import java.nio.file.Path;
import java.util.List;

/** Entry point of the benchmarks that do not run inside Jenkins. {@code bin/bench} calls it. */
public final class Bench {

    private Bench() {}

    /**
     * Runs the given parts and writes a report for each.
     *
     * @param arguments the output directory, the number of rounds, then the parts to run; the part {@code controller}
     *     needs the system properties {@code jenkins.war} and {@code jenkins.plugins}
     */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        for (String part : List.of(arguments).subList(2, arguments.length)) {
            Report report = new Report();
            switch (part) {
                case "promote" -> new PromoteBench(report, rounds).run();
                case "docker" -> new DockerBench(report).run();
                case "find" -> new FindBench(report, rounds).run();
                case "heap" -> new HeapBench(report).run();
                case "hot" -> new HotBench(report).run();
                case "controller" ->
                    new ControllerBench(
                                    report,
                                    Path.of(System.getProperty("jenkins.war")),
                                    Path.of(System.getProperty("jenkins.plugins")))
                            .run();
                default -> throw new IllegalArgumentException("there is no part " + part);
            }
            report.write(directory, part);
        }
        System.exit(0);
    }
}
