package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.testing.TemporaryDirectory;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Promotes images of several sizes and shapes, as this plugin, skopeo, and curl on one kept connection do it. */
final class PromoteBench {

    private static final String REPOSITORY = "app/one";
    private static final String OTHER = "app/released";
    private static final String TAG = "2026.47.103";
    private static final List<Duration> DELAYS = List.of(Duration.ZERO, Duration.ofMillis(5), Duration.ofMillis(50));
    private static final long MB = 1_000_000;

    private final Report report;
    private final int rounds;

    PromoteBench(Report report, int rounds) {
        this.report = report;
        this.rounds = rounds;
    }

    void run() throws Exception {
        report.heading("Promotion within a repository");
        TestImage one = single(1, 200 * MB);
        TestImage index = index(10, 20 * MB);
        for (int targets : List.of(1, 2, 10)) {
            for (Duration delay : DELAYS) {
                List<Race.Result> results = withinRepository(
                        Site.inMemory(delay, REPOSITORY, TAG, one), one, "200 MB, one platform", targets);
                if (targets == 2 && delay.equals(DELAYS.get(2))) {
                    judge(results);
                }
            }
            withinRepository(
                    Site.inMemory(DELAYS.get(2), REPOSITORY, TAG, index), index, "index of 10 platforms", targets);
            withinRepository(Site.dockerRegistry(REPOSITORY, TAG, one), one, "200 MB, one platform", targets);
        }
        TestImage large = single(2, 2000 * MB);
        withinRepository(Site.inMemory(DELAYS.get(2), REPOSITORY, TAG, large), large, "2 GB, one platform", 2);

        report.heading("Promotion to another repository of the registry");
        for (Duration delay : DELAYS) {
            acrossRepositories(Site.inMemory(delay, REPOSITORY, TAG, one), one, "200 MB, one platform");
            acrossRepositories(Site.inMemory(delay, REPOSITORY, TAG, index), index, "index of 10 platforms");
        }
        acrossRepositories(Site.dockerRegistry(REPOSITORY, TAG, one), one, "200 MB, one platform");

        report.heading("Promotion to another registry");
        acrossRegistries(one, "200 MB, one platform", 3);
        acrossRegistries(large, "2 GB, one platform", 3);
    }

    /** Five layers, the first of which has most of the bytes, as a base image's has. */
    private static TestImage single(long seed, long size) {
        return platform(seed, size, "amd64");
    }

    private static TestImage platform(long seed, long size, String architecture) {
        return TestImage.oci(seed)
                .withPlatform("linux", architecture)
                .withLayers(
                        LongStream.of(60, 20, 10, 6, 4).map(p -> size / 100 * p).toArray());
    }

    private static TestImage index(int platforms, long size) {
        return TestImage.ociIndex(IntStream.range(0, platforms)
                .mapToObj(i -> platform(100 + i, size, "arch" + i))
                .toArray(TestImage[]::new));
    }

    private List<Race.Result> withinRepository(Site site, TestImage image, String what, int targets) throws Exception {
        try (site;
                TemporaryDirectory directory = new TemporaryDirectory("bench")) {
            List<Race.Result> results = new Race(
                            within(site.countedHost(), image, targets, directory.path()),
                            site.meter(),
                            within(site.host(), image, targets, directory.path()))
                    .run(3, rounds);
            report.race(
                    what + ", " + targets + (targets == 1 ? " target, " : " targets, ") + site.description(), results);
            return results;
        }
    }

    private void judge(List<Race.Result> results) {
        double curl = results.get(0).over(results.get(1));
        double skopeo = results.get(0).over(results.get(2));
        report.goal("Two targets in a repository, 50 ms a request: time over curl's", "at most 1.3", curl, curl <= 1.3);
        report.goal("The same over `skopeo copy`", "less than 0.33", skopeo, skopeo < 1 / 3.0);
    }

    private static List<Contender> within(String host, TestImage image, int targets, Path directory) {
        String repository = host + "/" + REPOSITORY;
        return List.of(
                Contender.of(
                        "this plugin",
                        number -> OwnClient.promote(repository, TAG, repository, tags("own", number, targets))),
                Contender.of("curl, one connection", number -> {
                    Curl curl = new Curl(directory, repository).get(TAG);
                    List<String> tags = tags("curl", number, targets);
                    tags.forEach(curl::head);
                    tags.forEach(tag -> curl.put(tag, image, TAG));
                    curl.run();
                }),
                Contender.of("skopeo copy --all", number -> {
                    for (String tag : tags("skopeo", number, targets)) {
                        skopeo(repository + ":" + TAG, repository + ":" + tag);
                    }
                }));
    }

    private void acrossRepositories(Site site, TestImage image, String what) throws Exception {
        try (site;
                TemporaryDirectory directory = new TemporaryDirectory("bench")) {
            List<Race.Result> results = new Race(
                            across(site.countedHost(), image, directory.path()),
                            site.meter(),
                            across(site.host(), image, directory.path()))
                    .run(1, rounds);
            report.race(what + ", " + site.description(), results);
            long bytes = results.get(0).traffic().bytes();
            report.goal(
                    "To another repository, " + what + ", " + site.description() + ": megabytes on the wire",
                    "no blob's",
                    bytes / 1e6,
                    bytes < MB);
        }
    }

    /** Each run goes to a repository of its own, since nothing is to be done where the image is already. */
    private static List<Contender> across(String host, TestImage image, Path directory) {
        String from = host + "/" + REPOSITORY;
        String to = host + "/" + OTHER;
        return List.of(
                Contender.of("this plugin", n -> OwnClient.promote(from, TAG, to + "/own" + n, List.of("latest"))),
                Contender.of(
                        "curl, one connection",
                        n -> mounting(directory, from, to + "/curl" + n, image).run()),
                Contender.of("skopeo copy --all", n -> skopeo(from + ":" + TAG, to + "/skopeo" + n + ":latest")));
    }

    private static Curl mounting(Path directory, String from, String to, TestImage image) {
        List<TestImage> manifests = image.children().isEmpty() ? List.of() : image.children();
        Curl curl = new Curl(directory, from).get(TAG);
        for (TestImage child : manifests) {
            curl = curl.in(from).get(child.digest());
        }
        curl = curl.in(to);
        for (String blob : Stream.concat(Stream.of(image), manifests.stream())
                .flatMap(each -> each.blobs().keySet().stream())
                .distinct()
                .toList()) {
            curl = curl.mount(blob, REPOSITORY);
        }
        for (TestImage child : manifests) {
            curl = curl.put(child.digest(), child, child.digest());
        }
        return curl.head("latest").put("latest", image, TAG);
    }

    /** Each run goes to a registry that is new: skopeo remembers where it has seen a blob, and would not move it again. */
    private void acrossRegistries(TestImage image, String what, int times) throws Exception {
        try (Site from = Site.inMemory(Duration.ZERO, REPOSITORY, TAG, image);
                Destination to = new Destination()) {
            List<Contender> contenders = streaming(from.host() + "/" + REPOSITORY, to);
            List<Race.Result> results = new Race(contenders, from.meter().and(to.meter()), contenders).run(0, times);
            report.race(what + ", from memory to docker-registry 2.8", results);
            double skopeo = results.get(0).over(results.get(1));
            report.goal("To another registry, " + what + ": time over skopeo's", "at most 1.2", skopeo, skopeo <= 1.2);
        }
    }

    private static List<Contender> streaming(String from, Destination to) {
        return List.of(
                Contender.of("this plugin", n -> OwnClient.promote(from, TAG, to.image(), List.of("latest")))
                        .preparedBy(n -> to.renew()),
                Contender.of("skopeo copy --all", n -> skopeo(from + ":" + TAG, to.image() + ":latest"))
                        .preparedBy(n -> to.renew()));
    }

    /** An empty registry, and another one for each run. */
    private static final class Destination implements AutoCloseable {

        private Site site;

        void renew() throws Exception {
            close();
            site = Site.emptyDockerRegistry();
        }

        String image() {
            return site.host() + "/" + OTHER;
        }

        /** Its requests; the bytes are those of the source, which arrive here as they leave there. */
        Meter meter() {
            return () -> site.meter().read();
        }

        @Override
        public void close() throws Exception {
            if (site != null) {
                site.close();
            }
        }
    }

    private static List<String> tags(String contender, int number, int count) {
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tags.add(contender + "-" + number + "-" + i);
        }
        return tags;
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
