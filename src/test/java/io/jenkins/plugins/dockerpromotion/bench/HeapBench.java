package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds the smallest heap in which an operation succeeds, in a separate Java process. Sampling the heap could miss the
 * peak.
 */
final class HeapBench {

    private static final String IMAGE = "technolog/serviceone";
    private static final int MAX_MB = 64;

    private final Report report;
    private final List<List<String>> rows = new ArrayList<>();
    private int idle;

    HeapBench(Report report) {
        this.report = report;
    }

    void run() throws Exception {
        report.heading("Memory");
        report.paragraph("The smallest heap (`-Xmx`) that a Java process with one operation ends well in.");
        idle = smallest("nothing");
        rows.add(List.of("a process that loads the client and does nothing", idle + " MB", ""));
        find(100_000);
        for (int megabytes : List.of(200, 2000)) {
            stream(megabytes);
        }
        report.table(List.of("", "heap", "more than nothing"), rows);
    }

    private void find(int count) throws Exception {
        List<String> tags =
                IntStream.range(0, count).mapToObj(n -> "2026.47." + n).toList();
        String what = "find a build among " + count + " tags of ";
        try (InMemoryDockerHub hub = InMemoryDockerHub.builder().start()) {
            hub.registry().addTags(IMAGE, TestImage.docker(1), tags);
            add(what + "Docker Hub", "find-hub", hub.uri().toString(), IMAGE);
        }
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().maxPageSize(10_000).start()) {
            registry.addTags(IMAGE, TestImage.docker(1), tags);
            add(what + "a registry, pages of 10000", "find", registry.host() + "/" + IMAGE);
        }
    }

    private void stream(int megabytes) throws Exception {
        TestImage image = TestImage.oci(1).withLayers(megabytes * 1_000_000L);
        try (Site from = Site.inMemory(Duration.ZERO, "app/one", "1", image);
                InMemoryRegistry to = InMemoryRegistry.start()) {
            add(
                    "promote " + megabytes + " MB to another registry",
                    "promote",
                    from.host() + "/app/one",
                    to.host() + "/app/copy");
        }
    }

    private void add(String what, String... operation) throws Exception {
        int heap = smallest(operation);
        rows.add(List.of(what, heap + " MB", heap - idle + " MB"));
        report.goal("Megabytes of heap to " + what, "less than 32", heap - idle, heap - idle < 32);
    }

    /** Returns the smallest sufficient heap size in MB, by binary search. */
    private static int smallest(String... operation) throws Exception {
        if (!runsIn(MAX_MB, operation)) {
            throw new IOException(String.join(" ", operation) + " does not run in " + MAX_MB + " MB");
        }
        int tooSmall = 1;
        int enough = MAX_MB;
        while (enough - tooSmall > 1) {
            int middle = (tooSmall + enough) / 2;
            if (runsIn(middle, operation)) {
                enough = middle;
            } else {
                tooSmall = middle;
            }
        }
        return enough;
    }

    private static boolean runsIn(int megabytes, String... operation) throws Exception {
        return OneOperation.finish(OneOperation.start(
                List.of("-Xmx" + megabytes + "m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"), operation));
    }
}
