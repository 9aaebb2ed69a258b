package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.ProxySettings;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import io.jenkins.plugins.dockerpromotion.testing.HttpTestServer;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Relay;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Compares the search for a build's tag among many with clients that read all pages, on Docker Hub and on a registry.
 */
final class FindBench {

    private static final String IMAGE = "technolog/serviceone";
    private static final Duration DELAY = Duration.ofMillis(50);
    private static final String PATTERN = "{year}.{week}.{build}";
    private static final long FIRST = 1_000_000;
    private static final int HUB_PAGE = 100;
    private static final int REGISTRY_PAGE = 1000;

    private final Report report;
    private final int rounds;

    FindBench(Report report, int rounds) {
        this.report = report;
        this.rounds = rounds;
    }

    void run() throws Exception {
        for (int count : List.of(100, 10_000, 100_000)) {
            report.heading("A build among " + count + " tags");
            List<String> tags =
                    IntStream.range(0, count).mapToObj(FindBench::tag).toList();
            try (InMemoryDockerHub hub = InMemoryDockerHub.builder().start()) {
                hub.registry().addTags(IMAGE, TestImage.docker(1), tags);
                hub.delayEveryRequest(DELAY);
                onDockerHub(hub, count);
            }
            try (InMemoryRegistry registry =
                    InMemoryRegistry.builder().maxPageSize(REGISTRY_PAGE).start()) {
                registry.addTags(IMAGE, TestImage.docker(1), tags);
                registry.delayEveryRequest(DELAY);
                onRegistry(registry, tags, "one in the middle", PATTERN, count / 2);
                if (count == 100) {
                    digest(registry);
                }
            }
        }
        amongOthers();
    }

    private void digest(InMemoryRegistry registry) throws Exception {
        try (Relay relay = new Relay(registry.uri())) {
            String image = relay.host() + "/" + IMAGE;
            List<Race.Result> results = race(
                    registry,
                    relay,
                    1,
                    rounds,
                    Contender.of("this plugin", n -> OwnClient.digest(image, tag(0))),
                    Contender.of(
                            "curl",
                            n -> CommandLine.PLAIN.run(
                                    "curl",
                                    "--silent",
                                    "--fail",
                                    "--head",
                                    "http://" + relay.host() + "/v2/" + IMAGE + "/manifests/" + tag(0))),
                    Contender.of("crane digest", n -> CommandLine.PLAIN.run("crane", "digest", image + ":" + tag(0))),
                    Contender.of(
                            "oras resolve",
                            n -> CommandLine.PLAIN.run("oras", "resolve", "--plain-http", image + ":" + tag(0))),
                    Contender.of(
                            "skopeo inspect",
                            n -> CommandLine.PLAIN.run(
                                    "skopeo",
                                    "inspect",
                                    "--tls-verify=false",
                                    "--no-tags",
                                    "--format={{.Digest}}",
                                    "docker://" + image + ":" + tag(0))));
            report.race("The digest of a tag, a registry", results, false);
        }
    }

    private static List<Race.Result> race(
            HttpTestServer server, Relay relay, int warmUp, int rounds, Contender... contenders) throws Exception {
        Meter meter = () -> new Traffic(server.requests().count(), relay.bytes());
        return new Race(Contender.installed(contenders), meter).run(warmUp, rounds);
    }

    /** Most tags have another form. If the registry sorts its tags, the client can skip them. */
    private void amongOthers() throws Exception {
        report.heading("A build among 100000 tags, most of which are of another form");
        int releases = 1000;
        List<String> tags = Stream.of("commit-", "release-1.", "sha-")
                .flatMap(prefix -> IntStream.range(0, prefix.startsWith("r") ? releases : (100_000 - releases) / 2)
                        .mapToObj(n -> prefix + (FIRST + n)))
                .toList();
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().maxPageSize(REGISTRY_PAGE).start()) {
            registry.addTags(IMAGE, TestImage.docker(1), tags);
            registry.delayEveryRequest(DELAY);
            onRegistry(registry, tags, "one of 1000 releases", "release-{major}.{build}", releases / 2);
        }
    }

    /**
     * Returns the tag of a build. Sorted by name, the tags are in build order, so "first" means the same on each
     * server.
     */
    private static String tag(int number) {
        return "2026.47." + (FIRST + number);
    }

    /** Clients that read all pages read the same ones wherever the tag is, so one position is enough for them. */
    private void onDockerHub(InMemoryDockerHub hub, int count) throws Exception {
        boolean many = count > 10_000;
        try (Relay relay = new Relay(hub.uri())) {
            List<Race.Result> results =
                    race(hub, relay, many ? 0 : 1, many ? 1 : rounds, hubContenders(relay.uri(), count, count / 2));
            report.race("Docker Hub, " + count + " tags", results, false);
            if (many) {
                report.headline(
                        "A build among " + count + " tags of Docker Hub, 50 ms a request", results.get(0), results);
                double faster = results.get(1).over(results.get(0));
                report.goal(
                        "Docker Hub, " + count + " tags: times faster than page after page",
                        "at least 8",
                        faster,
                        faster >= 8);
            }
        }
    }

    private static Contender[] hubContenders(URI api, int count, int number) {
        RegistryLocation place = new RegistryLocation(ImageName.DOCKER_HUB, api, api, "");
        int pages = (count + HUB_PAGE - 1) / HUB_PAGE;
        return new Contender[] {
            Contender.of("this plugin", n -> find(ImageName.parse(IMAGE), PATTERN, number, List.of(place))),
            Contender.of(
                    "curl, page after page",
                    n -> pages(IntStream.rangeClosed(1, pages)
                            .mapToObj(page -> api + "/v2/namespaces/technolog/repositories/serviceone/tags?page=" + page
                                    + "&page_size=" + HUB_PAGE)
                            .toList()))
        };
    }

    private void onRegistry(InMemoryRegistry registry, List<String> tags, String which, String pattern, int number)
            throws Exception {
        try (Relay relay = new Relay(registry.uri())) {
            boolean many = tags.size() > 10_000;
            List<Race.Result> results =
                    race(registry, relay, many ? 0 : 1, many ? 1 : rounds, listing(relay.uri(), tags, pattern, number));
            report.race(
                    "a registry, " + tags.size() + " tags, pages of " + REGISTRY_PAGE + ", wanted: " + which,
                    results,
                    false);
            if (many) {
                double curl = results.get(0).over(results.get(1));
                report.goal(
                        "A registry, " + tags.size() + " tags, wanted: " + which + ": time over curl's for all pages",
                        "at most 1.2",
                        curl,
                        curl <= 1.2);
            }
        }
    }

    private static Contender[] listing(URI registry, List<String> tags, String pattern, int number) {
        String list = registry + "/v2/" + IMAGE + "/tags/list?n=" + REGISTRY_PAGE;
        List<String> urls = new ArrayList<>(List.of(list));
        for (int last = REGISTRY_PAGE; last < tags.size(); last += REGISTRY_PAGE) {
            urls.add(list + "&last=" + tags.get(last - 1));
        }
        String host = registry.getAuthority();
        String image = host + "/" + IMAGE;
        return new Contender[] {
            Contender.of(
                    "this plugin",
                    n -> find(ImageName.parse(image), pattern, number, List.of(RegistryLocation.plain(host)))),
            Contender.of("curl, the same pages", n -> pages(urls)),
            searching("crane ls", image),
            searching("oras repo tags --plain-http", image),
            searching("skopeo list-tags --tls-verify=false", "docker://" + image)
        };
    }

    private static Contender searching(String command, String image) {
        return Contender.of(
                command.replaceFirst(" --.*", "") + ", grep",
                n -> CommandLine.PLAIN.run("sh", "-c", command + " " + image + " | grep -c " + FIRST));
    }

    private static void pages(List<String> urls) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error", "--fail"));
        command.addAll(urls);
        CommandLine.PLAIN.run(command);
    }

    private static void find(ImageName image, String pattern, int number, List<RegistryLocation> places)
            throws Exception {
        TagQuery finder = TagQuery.ofBuild(image, TagPattern.of(pattern), BigInteger.valueOf(FIRST + number));
        finder.with(RegistryAuthentication.ANONYMOUS)
                .run(OwnClient.context(new Network(places, ProxySettings.NONE, Timing.DEFAULT)));
    }
}
