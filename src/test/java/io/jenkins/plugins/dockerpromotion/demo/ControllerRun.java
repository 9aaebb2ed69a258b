package io.jenkins.plugins.dockerpromotion.demo;

import io.jenkins.plugins.dockerpromotion.testing.ReleaseHub;
import io.jenkins.plugins.dockerpromotion.testing.TemporaryDirectory;
import io.jenkins.plugins.dockerpromotion.testing.TestHttp;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A controller with the plugin, started by {@code mvn hpi:run}, and an agent in a separate process, both on loopback.
 */
final class ControllerRun implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(200);

    /** The file that the controller writes when it is set up. It contains the agent's secret. */
    private static final String READY = "ready";

    /** The JVMs run too briefly for the C2 compiler to pay off. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final TemporaryDirectory directory = new TemporaryDirectory("docker-promotion-demo");
    private final List<ProcessTree> processes = new ArrayList<>();
    private final ReleaseHub hub;
    private final Path jenkinsfile;
    private final List<String> mavenOptions;
    private final Path home;
    private final Path log;
    private final JenkinsPages pages;
    private final int port;
    private boolean closed;

    ControllerRun(ReleaseHub hub, Path jenkinsfile, List<String> mavenOptions) throws IOException {
        this.hub = hub;
        this.jenkinsfile = jenkinsfile;
        this.mavenOptions = mavenOptions;
        home = Files.createDirectories(directory.path().resolve("home"));
        log = directory.path().resolve("jenkins.log");
        port = TestHttp.freePort();
        pages = new JenkinsPages(URI.create("http://127.0.0.1:" + port + "/jenkins/"));
    }

    URI url() {
        return pages.url();
    }

    /** Starts both. Returns when the controller answers and the agent is connecting. */
    void start() throws IOException, InterruptedException {
        configure();
        ReleaseDemo.say("mvn hpi:run starts a controller at " + url());
        List<String> maven = new ArrayList<>(List.of("bin/mvn", "--batch-mode", "hpi:run"));
        maven.addAll(mavenOptions);
        maven.add("-Dhost=127.0.0.1");
        maven.add("-Dport=" + port);
        maven.add("-DjenkinsHome=" + home);
        maven.add("-Dmaven.hpi.run.jvmArgs=-Xmx1G " + QUICK_START + " @{jenkins.addOpens}");
        // These two properties are Jenkins' own. Agents connect by WebSocket, so no TCP port for agents is open.
        maven.add("-Djenkins.install.runSetupWizard=false");
        maven.add("-Djenkins.model.Jenkins.slaveAgentPort=-1");
        ProcessTree controller = launch(maven, log);
        Path jar = directory.path().resolve("agent.jar");
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!Files.exists(home.resolve(READY)) || !pages.download("jnlpJars/agent.jar", jar)) {
            if (!controller.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("the controller did not start:\n" + end(log));
            }
            Thread.sleep(POLL.toMillis());
        }
        launchAgent(jar);
    }

    private void launchAgent(Path jar) throws IOException {
        List<String> agent = new ArrayList<>(List.of(JAVA, QUICK_START, "-jar", jar.toString()));
        agent.addAll(List.of("-url", url().toString(), "-webSocket", "-noReconnect"));
        agent.addAll(List.of("-name", "agent", "-secret", "@" + home.resolve(READY)));
        agent.addAll(List.of("-workDir", agentDirectory()));
        launch(agent, directory.path().resolve("agent.log"));
    }

    private String agentDirectory() {
        return directory.path().resolve("agent").toString();
    }

    /** Prints the build log while it grows, and returns the build's result. */
    String build(PrintStream out) throws IOException, InterruptedException {
        pages.follow("job/release/1/logText/progressiveText", out);
        return pages.get("job/release/1/api/xml?xpath=*/result/text()").body();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            processes.forEach(ProcessTree::close);
            directory.close();
        }
    }

    /** Writes the files that the controller reads when it starts. */
    private void configure() throws IOException {
        Path scripts = Files.createDirectories(home.resolve("init.groovy.d"));
        try (InputStream script = ControllerRun.class.getResourceAsStream("controller.groovy")) {
            Files.copy(script, scripts.resolve("demo.groovy"));
        }
        Properties properties = new Properties();
        properties.setProperty("url", url().toString());
        properties.setProperty("pid", Long.toString(ProcessHandle.current().pid()));
        properties.setProperty("registry", hub.registry().uri().toString());
        properties.setProperty("hub", hub.hub().uri().toString());
        properties.setProperty("user", ReleaseHub.USER);
        properties.setProperty("password", ReleaseHub.PASSWORD);
        properties.setProperty("agentDirectory", agentDirectory());
        properties.setProperty("jenkinsfile", Files.readString(jenkinsfile));
        try (OutputStream out = Files.newOutputStream(home.resolve("demo.properties"))) {
            properties.store(out, null);
        }
    }

    private synchronized ProcessTree launch(List<String> command, Path output) throws IOException {
        if (closed) {
            throw new IOException("the demo is being ended");
        }
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putIfAbsent("MAVEN_OPTS", QUICK_START);
        Process process = builder.start();
        process.getOutputStream().close();
        ProcessTree tree = new ProcessTree(process);
        processes.add(tree);
        return tree;
    }

    private static String end(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }
}
