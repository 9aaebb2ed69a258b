package io.jenkins.plugins.dockerpromotion.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** JMH benchmarks of the code that runs for each tag or byte of a large response. */
final class HotBench {

    private final Report report;

    HotBench(Report report) {
        this.report = report;
    }

    void run() throws Exception {
        report.heading("What is done for each tag and each byte");
        report.paragraph("By JMH: the average of five seconds after a warm-up of three.");
        Options options = new OptionsBuilder()
                .include("\\.dockerpromotion\\..*Jmh\\.")
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(5)
                .measurementTime(TimeValue.seconds(1))
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        List<List<String>> rows = new ArrayList<>();
        for (RunResult result : results) {
            rows.add(List.of(
                    words(result.getPrimaryResult().getLabel()),
                    format(result.getPrimaryResult().getScore()) + " ns ± "
                            + format(result.getPrimaryResult().getScoreError()),
                    format(result.getSecondaryResults()
                                    .get("gc.alloc.rate.norm")
                                    .getScore()) + " B"));
        }
        report.table(List.of("", "time", "allocated"), rows);
    }

    /** Converts a method name such as {@code readsATagOfADockerHubPage} to words. */
    private static String words(String method) {
        return method.replaceAll("([A-Z])", " $1")
                .toLowerCase(Locale.ROOT)
                .replace("kib", "KiB")
                .replace("docker hub", "Docker Hub")
                .replace("registrys", "registry's");
    }

    private static String format(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    }
}
