package io.jenkins.plugins.dockerpromotion.demo;

import io.jenkins.plugins.dockerpromotion.testing.ReleaseHub;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The main class of {@code bin/demo}. It runs the example Jenkinsfile against an embedded Docker Hub: in a controller
 * with an agent or, where Jenkins is not available, in JenkinsPipelineUnit.
 *
 * <p>Arguments: {@code jenkins-free}; or {@code full}, optionally {@code --once}, and the options for Maven.
 */
public final class ReleaseDemo {

    private static final Path JENKINSFILE = Path.of("docs/examples/release/Jenkinsfile");

    private final ReleaseHub hub;
    private final Proof proof;
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private volatile String leftOut = "the rest, because the demo ended before it was through";

    private ReleaseDemo(ReleaseHub hub) {
        this.hub = hub;
        this.proof = new Proof(hub);
    }

    public static void main(String[] args) {
        boolean full = args[0].equals("full");
        boolean released = false;
        try (ReleaseHub hub = ReleaseHub.start()) {
            ReleaseDemo demo = new ReleaseDemo(hub);
            // The demo with Jenkins usually ends with Ctrl-C. Print the last line in every case.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> say("left out: " + demo.leftOut)));
            List<String> options = List.of(args).subList(1, args.length);
            released = full ? demo.withJenkins(options) : demo.withoutJenkins();
        } catch (Throwable e) {
            // Catch errors too, such as a missing class: the servers' threads would keep the process alive.
            say("failed: " + e);
        }
        // Also ends background threads, such as those of JenkinsPipelineUnit.
        System.exit(released ? 0 : 1);
    }

    private boolean withoutJenkins() throws Exception {
        introduce();
        say("now " + JENKINSFILE + " runs in JenkinsPipelineUnit, with the plugin's real client behind the steps:");
        new JenkinsFreeRun(hub, tee()).run(JENKINSFILE);
        leftOut = "Jenkins itself: controller, agent, sandbox, credentials, forms and pages";
        boolean released = report();
        say("this ends here by itself. Change " + JENKINSFILE + " and run bin/demo again: it takes four seconds");
        return released;
    }

    private boolean withJenkins(List<String> options) throws Exception {
        introduce();
        List<String> maven = options.stream().filter(o -> !o.equals("--once")).toList();
        try (ControllerRun jenkins = new ControllerRun(hub, JENKINSFILE, maven)) {
            Runtime.getRuntime().addShutdownHook(new Thread(jenkins::close));
            jenkins.start();
            say("now the job 'release' runs " + JENKINSFILE + ":");
            boolean succeeded = jenkins.build(tee()).equals("SUCCESS");
            boolean released = report() && succeeded;
            leftOut = "nothing; " + JENKINSFILE + " ran in a controller, in the sandbox, on an agent";
            if (!options.contains("--once")) {
                say("Jenkins stays until Ctrl-C. Where to click:");
                say("  " + jenkins.url() + "job/release/1/                      what the build promoted");
                say("  " + jenkins.url() + "job/release/docker-promotions/      current tags, timeline and history");
                say("  " + jenkins.url() + "job/release/build?delay=0sec        release another build, 1 to 420");
                say("  " + jenkins.url() + "job/release/pipeline-syntax/        the forms of all steps");
                Thread.currentThread().join();
            }
            return released;
        }
    }

    private void introduce() {
        say("1. a Docker Hub (" + hub.hub().uri() + ") and its registry ("
                + hub.registry().uri() + ") run on this machine;");
        say("   they hold " + ReleaseHub.IMAGE + " with " + hub.tags() + " tags");
        say("2. a job gets a token, finds the tag of build 103, and promotes it to "
                + String.join(" and ", ReleaseHub.RELEASE_TAGS));
        say("3. it logs Docker in for one block only, and reports");
    }

    private PrintStream tee() {
        return new PrintStream(
                new FilterOutputStream(System.out) {
                    @Override
                    public void write(int b) throws IOException {
                        out.write(b);
                        log.write(b);
                    }
                },
                true,
                StandardCharsets.UTF_8);
    }

    private boolean report() {
        List<String> faults = proof.print(System.out, log.toString(StandardCharsets.UTF_8));
        faults.forEach(fault -> say("failed: " + fault));
        if (faults.isEmpty()) {
            say("released after " + seconds() + " s");
        }
        return faults.isEmpty();
    }

    /** bin/demo ends with exec, so the start time of this process is that of bin/demo. */
    private static String seconds() {
        Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
        return String.format("%.1f", Duration.between(start, Instant.now()).toMillis() / 1000.0);
    }

    static void say(String line) {
        System.out.println("bin/demo: " + line);
    }
}
