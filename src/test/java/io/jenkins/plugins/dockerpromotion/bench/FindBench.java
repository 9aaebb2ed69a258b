package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.ProxySettings;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.tags.TagFinder;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Relay;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Finds the tag of a build among many, on Docker Hub and on a registry, beside whoever reads page after page. */
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
            Map<String, Integer> wanted = new LinkedHashMap<>();
            wanted.put("the first", 0);
            wanted.put("one in the middle", count / 2);
            wanted.put("the last", count - 1);
            wanted.put("none", count);
            try (InMemoryDockerHub hub = InMemoryDockerHub.builder().start()) {
                hub.registry().addTags(IMAGE, TestImage.docker(1), tags);
                hub.delayEveryRequest(DELAY);
                for (Map.Entry<String, Integer> build : wanted.entrySet()) {
                    onDockerHub(hub, count, build.getKey(), build.getValue());
                }
            }
            try (InMemoryRegistry registry =
                    InMemoryRegistry.builder().maxPageSize(REGISTRY_PAGE).start()) {
                registry.addTags(IMAGE, TestImage.docker(1), tags);
                registry.delayEveryRequest(DELAY);
                for (Map.Entry<String, Integer> build : wanted.entrySet()) {
                    onRegistry(registry, tags, build.getKey(), PATTERN, build.getValue());
                }
            }
        }
        amongOthers();
    }

    /** A registry that sorts lets a reader skip what cannot be meant. */
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
            onRegistry(registry, tags, "a commit by its number", "commit-{build}", releases / 2);
        }
    }

    /** Sorted by name, these are in the order of their builds, so that "first" means the same everywhere. */
    private static String tag(int number) {
        return "2026.47." + (FIRST + number);
    }

    /** Whoever reads page after page reads the same pages wherever the tag is: of many, only once. */
    private void onDockerHub(InMemoryDockerHub hub, int count, String which, int number) throws Exception {
        boolean many = count > 10_000;
        int contenders = many && number > 0 ? 1 : 2;
        try (Relay relay = new Relay(hub.uri())) {
            Meter meter = () -> new Traffic(hub.requests().count(), relay.bytes());
            List<Race.Result> results = new Race(
                            hubContenders(relay.uri(), count, number).subList(0, contenders),
                            meter,
                            hubContenders(hub.uri(), count, number).subList(0, contenders))
                    .run(many ? 0 : 1, many ? Math.min(rounds, 3) : rounds);
            report.race("Docker Hub, " + count + " tags, wanted: " + which, results);
            if (many && contenders > 1) {
                double faster = results.get(1).over(results.get(0));
                report.goal(
                        "Docker Hub, " + count + " tags: times faster than page after page",
                        "at least 8",
                        faster,
                        faster >= 8);
            }
        }
    }

    private static List<Contender> hubContenders(URI api, int count, int number) {
        RegistryLocation place = new RegistryLocation(ImageName.DOCKER_HUB, api, api, "");
        int pages = (count + HUB_PAGE - 1) / HUB_PAGE;
        return List.of(
                Contender.of("this plugin", n -> find(ImageName.parse(IMAGE), PATTERN, number, List.of(place))),
                Contender.of(
                        "curl, page after page",
                        n -> pages(IntStream.rangeClosed(1, pages)
                                .mapToObj(page -> api + "/v2/namespaces/technolog/repositories/serviceone/tags?page="
                                        + page + "&page_size=" + HUB_PAGE)
                                .toList())));
    }

    private void onRegistry(InMemoryRegistry registry, List<String> tags, String which, String pattern, int number)
            throws Exception {
        try (Relay relay = new Relay(registry.uri())) {
            Meter meter = () -> new Traffic(registry.requests().count(), relay.bytes());
            boolean many = tags.size() > 10_000;
            List<Contender> contenders = registryContenders(relay.uri(), tags, pattern, number);
            List<Contender> these =
                    many && number > 0 && pattern.equals(PATTERN) ? contenders.subList(0, 2) : contenders;
            List<Race.Result> results =
                    new Race(these, meter, these).run(many ? 0 : 1, many ? Math.min(rounds, 3) : rounds);
            report.race(
                    "a registry, " + tags.size() + " tags, pages of " + REGISTRY_PAGE + ", wanted: " + which, results);
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

    private static List<Contender> registryContenders(URI registry, List<String> tags, String pattern, int number) {
        String list = registry + "/v2/" + IMAGE + "/tags/list?n=" + REGISTRY_PAGE;
        List<String> urls = new ArrayList<>(List.of(list));
        for (int last = REGISTRY_PAGE; last < tags.size(); last += REGISTRY_PAGE) {
            urls.add(list + "&last=" + tags.get(last - 1));
        }
        String image = registry.getAuthority() + "/" + IMAGE;
        return List.of(
                Contender.of(
                        "this plugin",
                        n -> find(
                                ImageName.parse(image),
                                pattern,
                                number,
                                List.of(RegistryLocation.plain(registry.getAuthority())))),
                Contender.of("curl, the same pages", n -> pages(urls)),
                Contender.of(
                        "skopeo list-tags, grep",
                        n -> CommandLine.PLAIN.run(
                                "sh",
                                "-c",
                                "skopeo list-tags --tls-verify=false docker://" + image + " | grep -c " + FIRST)));
    }

    private static void pages(List<String> urls) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error", "--fail"));
        command.addAll(urls);
        CommandLine.PLAIN.run(command);
    }

    private static void find(ImageName image, String pattern, int number, List<RegistryLocation> places)
            throws Exception {
        TagFinder finder = new TagFinder(image, TagPattern.of(pattern), BigInteger.valueOf(FIRST + number));
        finder.with(RegistryAuthentication.ANONYMOUS)
                .run(OwnClient.context(new Network(places, ProxySettings.NONE, Timing.DEFAULT)));
    }
}
