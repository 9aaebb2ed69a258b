package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.testing.Attachment;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Relay;
import io.jenkins.plugins.dockerpromotion.testing.SingleImage;
import io.jenkins.plugins.dockerpromotion.testing.TemporaryDirectory;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Compares promotions of several kinds of images with this plugin and with other tools. */
final class PromoteBench {

    private static final String REPOSITORY = "app/one";
    private static final String OTHER = "app/released";
    private static final String TAG = "1";
    private static final String OLD = "0";
    private static final String[] COPIERS = {"crane cp", "oras cp -r"};
    private static final Duration FAR = Duration.ofMillis(50);
    private static final Duration ONE_WAY = Duration.ofMillis(10);
    private static final long GIGABIT = 125_000_000;
    private static final long MB = 1_000_000;
    private static final TestImage LARGE = layers(1, 6, 100 * MB);
    private static final TestImage SMALL = layers(2, 40, MB / 2);
    private static final TestImage PLATFORMS = TestImage.ociIndex(IntStream.range(0, 10)
            .mapToObj(i -> layers(100 + i, 5, MB / 2).withPlatform("linux", "arch" + i))
            .toArray(TestImage[]::new));

    private final Report report;
    private final int rounds;

    PromoteBench(Report report, int rounds) {
        this.report = report;
        this.rounds = rounds;
    }

    private static SingleImage layers(long seed, int count, long size) {
        long[] sizes = new long[count];
        Arrays.fill(sizes, size);
        return TestImage.oci(seed).withLayers(sizes);
    }

    void run() throws Exception {
        report.heading("Promotion within a repository");
        List<Race.Result> two = retag(Site.inMemory(FAR, REPOSITORY, TAG, LARGE), LARGE, "600 MB in 6 layers", 2);
        report.headline("Two more tags, 50 ms a request", two.get(0), two);
        for (Race.Result other : two.subList(1, two.size())) {
            double share = two.get(0).over(other);
            double aim = other.name().startsWith("curl") ? 1.3 : 1;
            report.goal(
                    "Two more tags, 50 ms a request: time over `" + other.name() + "`",
                    "at most " + aim,
                    share,
                    share <= aim);
        }
        retag(Site.inMemory(FAR, REPOSITORY, TAG, LARGE), LARGE, "600 MB in 6 layers", 10);
        retag(Site.inMemory(FAR, REPOSITORY, TAG, PLATFORMS), PLATFORMS, "index of 10 platforms", 2);
        retag(Site.dockerRegistry(REPOSITORY, TAG, SMALL), SMALL, "20 MB in 40 layers", 2);

        report.heading("Promotion to another repository of the registry");
        List<Race.Result> mounted =
                mount(Site.inMemory(FAR, REPOSITORY, TAG, PLATFORMS), PLATFORMS, "index of 10 platforms");
        report.headline("Index of 10 platforms to another repository, 50 ms a request", mounted.get(0), mounted);
        mount(Site.dockerRegistry(REPOSITORY, TAG, SMALL), SMALL, "20 MB in 40 layers");

        report.heading("Promotion to another registry");
        toAnotherRegistry();
    }

    private List<Race.Result> retag(Site site, TestImage image, String what, int targets) throws Exception {
        try (site;
                TemporaryDirectory directory = new TemporaryDirectory("bench")) {
            List<Race.Result> results = new Race(
                            retagging(site.countedHost(), image, targets, directory.path()),
                            site.meter(),
                            retagging(site.host(), image, targets, directory.path()))
                    .run(3, rounds);
            report.race(what + ", " + targets + " targets, " + site.description(), results, false);
            return results;
        }
    }

    private static List<Contender> retagging(String host, TestImage image, int targets, Path directory) {
        String repository = host + "/" + REPOSITORY;
        return Contender.installed(
                Contender.of(
                        "this plugin", n -> OwnClient.promote(repository, TAG, repository, tags("own", n, targets))),
                Contender.of("curl, one connection", n -> {
                    Curl curl = new Curl(directory, repository).get(TAG);
                    List<String> tags = tags("curl", n, targets);
                    tags.forEach(curl::head);
                    tags.forEach(tag -> curl.put(tag, image, TAG));
                    curl.run();
                }),
                Contender.of("crane tag", n -> {
                    for (String tag : tags("crane", n, targets)) {
                        CommandLine.PLAIN.run("crane", "tag", repository + ":" + TAG, tag);
                    }
                }),
                Contender.of("oras tag", n -> {
                    List<String> command =
                            new ArrayList<>(List.of("oras", "tag", "--plain-http", repository + ":" + TAG));
                    command.addAll(tags("oras", n, targets));
                    CommandLine.PLAIN.run(command);
                }),
                Contender.of("skopeo copy --all", n -> {
                    for (String tag : tags("skopeo", n, targets)) {
                        skopeo(repository + ":" + TAG, repository + ":" + tag);
                    }
                }));
    }

    private static List<String> tags(String contender, int number, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> contender + "-" + number + "-" + i)
                .toList();
    }

    private List<Race.Result> mount(Site site, TestImage image, String what) throws Exception {
        try (site;
                TemporaryDirectory directory = new TemporaryDirectory("bench")) {
            List<Race.Result> results = new Race(
                            mounting(site.countedHost(), image, directory.path()),
                            site.meter(),
                            mounting(site.host(), image, directory.path()))
                    .run(1, rounds);
            report.race(what + ", " + site.description(), results, false);
            long bytes = results.get(0).traffic().bytes();
            report.goal(
                    "To another repository, " + what + ", " + site.description() + ": megabytes on the wire",
                    "no blob's",
                    bytes / 1e6,
                    bytes < MB / 2);
            return results;
        }
    }

    /** Each run needs a new repository, because there is nothing to do where the image already exists. */
    private static List<Contender> mounting(String host, TestImage image, Path directory) {
        String from = host + "/" + REPOSITORY;
        String to = host + "/" + OTHER;
        List<Contender> all = new ArrayList<>(List.of(
                Contender.of("this plugin", n -> OwnClient.promote(from, TAG, to + "/own" + n, List.of("latest"))),
                Contender.of(
                        "curl, one connection",
                        n -> curl(directory, from, to + "/curl" + n, image).run())));
        all.addAll(copying(from, n -> to + "/copy" + n));
        return all;
    }

    private static Curl curl(Path directory, String from, String to, TestImage image) {
        Curl curl = new Curl(directory, from).get(TAG);
        for (TestImage child : image.children()) {
            curl = curl.in(from).get(child.digest());
        }
        curl = curl.in(to);
        for (String blob : Stream.concat(Stream.of(image), image.children().stream())
                .flatMap(each -> each.blobs().keySet().stream())
                .distinct()
                .toList()) {
            curl = curl.mount(blob, REPOSITORY);
        }
        for (TestImage child : image.children()) {
            curl = curl.put(child.digest(), child, child.digest());
        }
        return curl.head("latest").put("latest", image, TAG);
    }

    private void toAnotherRegistry() throws Exception {
        try (Site from = Site.dockerRegistry(REPOSITORY, TAG, LARGE)) {
            List<Race.Result> results = copy(from, false, "600 MB in 6 layers", COPIERS);
            report.headline("600 MB to another registry", results.get(0), results);
            report.headline("600 MB to another registry, first call", results.get(1), results);
            fastest(results, COPIERS).ifPresent(tool -> {
                double first = results.get(1).over(tool);
                report.goal(
                        "600 MB to another registry, first call: time over `" + tool.name() + "`",
                        "at most 1.6",
                        first,
                        first <= 1.6);
            });
            overALine(from);
        }
        try (Site from = Site.dockerRegistry(REPOSITORY, TAG, SMALL)) {
            copy(from, false, "20 MB in 40 layers", COPIERS);
        }
        try (InMemoryRegistry origin = InMemoryRegistry.start()) {
            origin.push(REPOSITORY, TAG, layers(3, 10, 10 * MB));
            origin.push(REPOSITORY, OLD, layers(3, 9, 10 * MB));
            try (Site from = Site.dockerRegistry(origin, REPOSITORY, List.of(TAG, OLD))) {
                List<Race.Result> results = copy(from, true, "100 MB in 10 layers, 9 of which are there", COPIERS);
                results.stream().filter(r -> r.name().startsWith("oras")).forEach(oras -> {
                    int more =
                            results.get(0).traffic().requests() - oras.traffic().requests();
                    report.goal("9 of 10 layers are there: requests more than oras", "none", more, more <= 0);
                });
            }
        }
        try (InMemoryRegistry origin = InMemoryRegistry.start()) {
            origin.push(REPOSITORY, TAG, PLATFORMS);
            List<TestImage> signed = new ArrayList<>(PLATFORMS.children());
            signed.add(PLATFORMS);
            for (TestImage each : signed) {
                origin.push(REPOSITORY, Attachment.referrer(4, each, "application/vnd.dev.sigstore.bundle.v0.3+json"));
            }
            try (Site from = Site.dockerRegistry(origin, REPOSITORY, List.of(TAG))) {
                copy(
                        from,
                        false,
                        "index of 10 platforms, each signed; crane and skopeo leave the signatures",
                        "oras cp -r");
            }
        }
    }

    /** @param tools those that copy the same content */
    private List<Race.Result> copy(Site from, boolean partly, String what, String... tools) throws Exception {
        try (Destination to = new Destination(from, partly, false)) {
            List<Race.Result> results = new Race(
                            copying(from.countedHost(), to, () -> to.site.countedHost()),
                            from.meter().and(to.meter()),
                            copying(from.host(), to, () -> to.site.host()))
                    .run(0, rounds);
            report.race(what + ", between two of docker-registry", results, true);
            fastest(results, tools).ifPresent(tool -> {
                double own = results.get(0).over(tool);
                report.goal(
                        "To another registry, " + what + ": time over `" + tool.name() + "`",
                        "at most 1",
                        own,
                        own <= 1);
            });
            return results;
        }
    }

    private static Optional<Race.Result> fastest(List<Race.Result> results, String... tools) {
        return Report.bestOf(results, name -> List.of(tools).contains(name));
    }

    /** Each run needs a new registry: skopeo remembers where it saw a blob, and does not upload it again. */
    private static List<Contender> copying(String host, Destination to, Supplier<String> there) {
        String from = host + "/" + REPOSITORY;
        Supplier<String> image = () -> there.get() + "/" + OTHER;
        List<Contender> all = new ArrayList<>(List.of(
                Contender.of("this plugin", n -> OwnClient.promote(from, TAG, image.get(), List.of("latest"))),
                firstCall(from, image)));
        all.addAll(copying(from, n -> image.get()));
        return all.stream()
                .map(contender -> contender.preparedBy(n -> {
                    to.renew();
                    contender.prepare().run(n);
                }))
                .toList();
    }

    /** Measures the first call in a JVM that has started but has not done anything yet. */
    private static Contender firstCall(String from, Supplier<String> to) {
        AtomicReference<Process> process = new AtomicReference<>();
        return new Contender(
                "this plugin, first call",
                n -> {
                    process.set(OneOperation.start(List.of(), "promote", from, to.get()));
                    process.get().getInputStream().read();
                },
                n -> {
                    if (!OneOperation.finish(process.get())) {
                        throw new IOException("the first call failed");
                    }
                });
    }

    /** Both registries are reached over the same full-duplex line of the agent. */
    private void overALine(Site from) throws Exception {
        try (Relay down = from.over(ONE_WAY, GIGABIT);
                Destination to = new Destination(from, false, true)) {
            List<Contender> contenders = new ArrayList<>(copying(down.host(), to, () -> to.line.host()));
            contenders.removeIf(c -> c.name().endsWith("first call") || c.name().startsWith("skopeo"));
            contenders.add(Contender.of("curl, download alone", n -> {
                List<String> command = new ArrayList<>(List.of("curl", "--silent", "--fail", "--parallel"));
                for (String digest : LARGE.blobs().keySet()) {
                    command.addAll(List.of("--output", "/dev/null"));
                    command.add("http://" + down.host() + "/v2/" + REPOSITORY + "/blobs/" + digest);
                }
                CommandLine.PLAIN.run(command);
            }));
            List<Race.Result> results = new Race(
                            contenders, from.meter().and(to.meter()).and(() -> new Traffic(0, down.bytes())))
                    .run(0, 3);
            report.race("600 MB in 6 layers, 1 Gbit/s, 20 ms there and back", results, false);
            double share = results.get(results.size() - 1).over(results.get(0));
            report.goal("1 Gbit/s and 20 ms: share of what curl uses of it", "at least 0.95", share, share >= 0.95);
        }
    }

    /** A registry without the image; {@link #renew} starts a new one for each run. */
    private static final class Destination implements AutoCloseable {

        private final Site from;
        private final boolean partly;
        private final boolean far;
        private Site site;
        private Relay line;

        /** @param partly whether the registry already has the image of the tag {@link #OLD} */
        Destination(Site from, boolean partly, boolean far) {
            this.from = from;
            this.partly = partly;
            this.far = far;
        }

        void renew() throws Exception {
            close();
            site = Site.emptyDockerRegistry();
            line = far ? site.over(ONE_WAY, GIGABIT) : null;
            if (partly) {
                OwnClient.promote(from.host() + "/" + REPOSITORY, OLD, site.host() + "/" + OTHER, List.of(OLD));
            }
        }

        Meter meter() {
            return () -> site.meter().read();
        }

        @Override
        public void close() throws Exception {
            if (site != null) {
                site.close();
            }
            if (line != null) {
                line.close();
            }
        }
    }

    /** Gives the target repository of a run. */
    private interface Target {
        String repository(int number);
    }

    /** The tools that copy images. oras copies referrers too, as this plugin does. */
    private static List<Contender> copying(String from, Target to) {
        return Contender.installed(
                Contender.of(
                        "crane cp",
                        n -> CommandLine.PLAIN.run("crane", "cp", from + ":" + TAG, to.repository(n) + ":latest")),
                Contender.of(
                        "oras cp -r",
                        n -> CommandLine.PLAIN.run(
                                "oras",
                                "cp",
                                "-r",
                                "--from-plain-http",
                                "--to-plain-http",
                                from + ":" + TAG,
                                to.repository(n) + ":latest")),
                Contender.of("skopeo copy --all", n -> skopeo(from + ":" + TAG, to.repository(n) + ":latest")));
    }

    private static void skopeo(String from, String to) throws Exception {
        CommandLine.PLAIN.run(
                "skopeo",
                "copy",
                "--quiet",
                "--all",
                "--src-tls-verify=false",
                "--dest-tls-verify=false",
                "docker://" + from,
                "docker://" + to);
    }
}
