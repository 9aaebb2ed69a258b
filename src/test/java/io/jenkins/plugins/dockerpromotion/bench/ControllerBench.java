package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.testing.TemporaryDirectory;
import io.jenkins.plugins.dockerpromotion.testing.TestHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures the cost of the plugin where nobody uses it: pages, a POST and {@code echo} builds on a controller with
 * thousands of jobs. A controller without the plugin runs at the same time, and requests alternate between the two.
 */
final class ControllerBench {

    static final int JOBS = 5000;
    static final int PENDING_APPROVALS = 500;

    private static final double AIM = 1.02;

    /** Processes that run the same code differ by up to 15 %, so several pairs are compared. */
    private static final int PAIRS = 6;

    private static final int WARM_UP = 150;
    private static final int ROUNDS = 200;
    private static final int SLOW_ROUNDS = 12;
    private static final int BUILDS = 100;
    private static final String OWN = "docker-promotion.hpi";
    private static final Pattern DURATION = Pattern.compile("\"duration\":(\\d+)");

    private final Report report;
    private final Path war;
    private final Path plugins;
    private final Map<String, List<Pair>> comparisons = new LinkedHashMap<>();

    /**
     * @param war the Jenkins WAR file
     * @param plugins a directory with this plugin, {@value #OWN}, and its dependencies
     */
    ControllerBench(Report report, Path war, Path plugins) {
        this.report = report;
        this.war = war;
        this.plugins = plugins;
    }

    void run() throws Exception {
        report.heading("Where the plugin is not used");
        report.paragraph("Two controllers with " + JOBS + " jobs and " + PENDING_APPROVALS
                + " pending script approvals, one of them without this plugin, asked in turns; again with " + PAIRS
                + " pairs, each started in the other order. A time is the mean of the pairs' medians, a ratio the"
                + " geometric mean of their ratios.");
        for (int pair = 0; pair < PAIRS; pair++) {
            boolean pluginFirst = pair % 2 == 0;
            try (Controller first = new Controller(pluginFirst);
                    Controller second = new Controller(!pluginFirst)) {
                first.awaitStart();
                second.awaitStart();
                measure(pluginFirst ? first : second, pluginFirst ? second : first);
            }
        }
        List<List<String>> rows = new ArrayList<>();
        comparisons.forEach((what, pairs) -> rows.add(row(what, pairs)));
        report.table(List.of("", "with the plugin", "without", "ratio"), rows);
    }

    private void measure(Controller with, Controller without) throws Exception {
        with.build(1);
        without.build(1);
        compare("a job's page", ROUNDS, with, without, c -> c.get("job/job-0001/"));
        compare("the dashboard", SLOW_ROUNDS, with, without, c -> c.get(""));
        compare("a build's page", ROUNDS, with, without, c -> c.get("job/echo/1/"));
        compare("a POST", ROUNDS, with, without, c -> c.post("job/job-0001/submitDescription?description=a"));
        builds(with, without);
    }

    @FunctionalInterface
    private interface Visit {
        void to(Controller controller) throws IOException, InterruptedException;
    }

    private void compare(String what, int rounds, Controller with, Controller without, Visit visit) throws Exception {
        long[] own = new long[rounds];
        long[] other = new long[rounds];
        for (int i = -Math.min(WARM_UP, rounds); i < rounds; i++) {
            // Alternate the order: the second request finds the CPU caches as the first one left them.
            boolean first = i % 2 == 0;
            long one = time(first ? with : without, visit);
            long two = time(first ? without : with, visit);
            if (i >= 0) {
                own[i] = first ? one : two;
                other[i] = first ? two : one;
            }
        }
        add(what, new Timings(own), new Timings(other));
    }

    private static long time(Controller controller, Visit visit) throws Exception {
        long start = System.nanoTime();
        visit.to(controller);
        return System.nanoTime() - start;
    }

    /**
     * Compares the build durations that Jenkins records. Polling for the end of a build takes longer than the build
     * itself.
     */
    private void builds(Controller with, Controller without) throws Exception {
        for (int i = 2; i <= WARM_UP + BUILDS; i++) {
            with.build(i);
            without.build(i);
        }
        add("a build of `echo`", new Timings(with.durations()), new Timings(without.durations()));
    }

    private void add(String what, Timings with, Timings without) {
        comparisons.computeIfAbsent(what, w -> new ArrayList<>()).add(new Pair(with, without));
    }

    private List<String> row(String what, List<Pair> pairs) {
        double ratio = Math.exp(pairs.stream()
                .mapToDouble(pair -> Math.log(pair.with().ratioTo(pair.without())))
                .average()
                .orElseThrow());
        report.goal(
                JOBS + " jobs, " + what + ": time over that without the plugin", "at most " + AIM, ratio, ratio <= AIM);
        return List.of(
                what,
                mean(pairs.stream().map(Pair::with)),
                mean(pairs.stream().map(Pair::without)),
                String.format(Locale.ROOT, "%.3f", ratio));
    }

    private static String mean(Stream<Timings> timings) {
        double nanos =
                timings.mapToLong(each -> each.median().toNanos()).average().orElseThrow();
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }

    /** The timings of one pair of controllers. */
    private record Pair(Timings with, Timings without) {}

    /** A Jenkins controller in a separate process. */
    private final class Controller implements AutoCloseable {

        private static final long START_SECONDS = 300;

        private final HttpClient client = HttpClient.newHttpClient();
        private final TemporaryDirectory directory = new TemporaryDirectory("docker-promotion-controller");
        private final Path home = directory.path().resolve("home");
        private final Path log = directory.path().resolve("log");
        private final URI url;
        private final Process process;

        Controller(boolean withPlugin) throws IOException {
            install(withPlugin);
            configure();
            int port = TestHttp.freePort();
            url = URI.create("http://127.0.0.1:" + port + "/");
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx1500m",
                            "-XX:+UseSerialGC",
                            "-Djava.awt.headless=true",
                            "-Djenkins.install.runSetupWizard=false",
                            "-DJENKINS_HOME=" + home,
                            "-jar",
                            war.toString(),
                            "--httpListenAddress=127.0.0.1",
                            "--httpPort=" + port)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        }

        private void install(boolean withPlugin) throws IOException {
            Path target = Files.createDirectories(home.resolve("plugins"));
            try (Stream<Path> files = Files.list(plugins)) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".hpi")).toList()) {
                    String name = file.getFileName().toString();
                    if (withPlugin || !name.equals(OWN)) {
                        Files.copy(file, target.resolve(name.replace(".hpi", ".jpi")));
                    }
                }
            }
        }

        private void configure() throws IOException {
            Files.writeString(home.resolve("config.xml"), """
                    <?xml version='1.1' encoding='UTF-8'?>
                    <hudson>
                      <version>2.0</version>
                      <numExecutors>1</numExecutors>
                      <quietPeriod>0</quietPeriod>
                      <slaveAgentPort>-1</slaveAgentPort>
                    </hudson>
                    """);
            for (int i = 1; i <= JOBS; i++) {
                Path job = home.resolve(String.format(Locale.ROOT, "jobs/job-%04d", i));
                Files.writeString(Files.createDirectories(job).resolve("config.xml"), "<project/>");
            }
            Path echo = Files.createDirectories(home.resolve("jobs/echo"));
            Files.writeString(echo.resolve("config.xml"), """
                    <flow-definition>
                      <definition class="org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition">
                        <script>echo 'hello'</script>
                        <sandbox>true</sandbox>
                      </definition>
                    </flow-definition>
                    """);
            Path scripts = Files.createDirectories(home.resolve("init.groovy.d"));
            Files.writeString(scripts.resolve("bench.groovy"), """
                    import org.jenkinsci.plugins.scriptsecurity.scripts.*
                    jenkins.model.Jenkins.get().crumbIssuer = null
                    def pending = ScriptApproval.get().pendingSignatures
                    %d.times {
                        pending << new ScriptApproval.PendingSignature("method a.Type m$it java.lang.String", false, ApprovalContext.create())
                    }
                    """.formatted(PENDING_APPROVALS));
        }

        void awaitStart() throws Exception {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
            while (!isUp()) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("a controller did not start: " + Files.readString(log));
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
            if (Files.readString(log).contains("Failed Loading plugin")) {
                throw new IOException("a controller started without all of its plugins: " + Files.readString(log));
            }
        }

        private boolean isUp() throws InterruptedException {
            try {
                return send(HttpRequest.newBuilder(url.resolve("job/echo/")).build())
                                .statusCode()
                        == 200;
            } catch (IOException e) {
                return false;
            }
        }

        void get(String path) throws IOException, InterruptedException {
            require(send(HttpRequest.newBuilder(url.resolve(path)).build()), 200);
        }

        void post(String path) throws IOException, InterruptedException {
            require(send(request(path)), 302);
        }

        /** Starts build {@code number} and waits until it has finished. */
        void build(int number) throws IOException, InterruptedException {
            require(send(request("job/echo/build")), 201);
            while (send(HttpRequest.newBuilder(url.resolve("job/echo/" + number + "/api/json?tree=building"))
                            .build())
                    .body()
                    .lines()
                    .noneMatch(line -> line.contains("\"building\":false"))) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }

        /** Returns the durations of the last {@code BUILDS} builds, in nanoseconds. */
        long[] durations() throws IOException, InterruptedException {
            String builds = send(HttpRequest.newBuilder(
                                    url.resolve("job/echo/api/json?tree=allBuilds%5Bduration%5D%7B0," + BUILDS + "%7D"))
                            .build())
                    .body();
            return DURATION.matcher(builds)
                    .results()
                    .map((MatchResult found) -> found.group(1))
                    .mapToLong(millis -> TimeUnit.MILLISECONDS.toNanos(Long.parseLong(millis)))
                    .toArray();
        }

        private HttpRequest request(String path) {
            return HttpRequest.newBuilder(url.resolve(path))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
        }

        private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }

        private static void require(HttpResponse<String> response, int status) throws IOException {
            if (response.statusCode() != status) {
                throw new IOException(response.uri() + " answered " + response.statusCode() + ": " + response.body());
            }
        }

        @Override
        public void close() throws Exception {
            process.destroy();
            process.waitFor();
            directory.close();
        }
    }
}
