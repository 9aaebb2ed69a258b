package io.jenkins.plugins.dockerpromotion.demo;

import io.jenkins.plugins.dockerpromotion.testing.ReleaseHub;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What {@code bin/demo} runs: the example Jenkinsfile against an embedded Docker Hub, in a controller with an agent or,
 * where Jenkins cannot be had, through JenkinsPipelineUnit.
 *
 * <p>Arguments: {@code jenkins-free}, or {@code full} and maybe {@code --once}, and what Maven is to be called with.
 */
public final class ReleaseDemo {

    private static final Path JENKINSFILE = Path.of("docs/examples/release/Jenkinsfile");

    private final ReleaseHub hub;
    private volatile String leftOut = "the rest, as the demo was ended before it was through";

    private ReleaseDemo(ReleaseHub hub) {
        this.hub = hub;
    }

    public static void main(String[] args) {
        int status = 1;
        try (ReleaseHub hub = ReleaseHub.start()) {
            ReleaseDemo demo = new ReleaseDemo(hub);
            List<String> options = List.of(args).subList(1, args.length);
            status = (args[0].equals("full") ? demo.withJenkins(options) : demo.withoutJenkins()) ? 0 : 1;
        } catch (Exception e) {
            say("failed: " + e);
        }
        // Also ends what still runs in the background, JenkinsPipelineUnit's threads among it.
        System.exit(status);
    }

    private boolean withoutJenkins() throws Exception {
        introduce();
        say(JENKINSFILE + " goes through JenkinsPipelineUnit, with the plugin's real client behind the steps");
        new JenkinsFreeRun(hub, System.out).run(JENKINSFILE);
        boolean released = report();
        say("left out: Jenkins itself, so the controller, the agent, the sandbox, the credentials and the forms");
        return released;
    }

    private boolean withJenkins(List<String> options) throws Exception {
        introduce();
        List<String> maven = options.stream().filter(o -> !o.equals("--once")).toList();
        try (ControllerRun jenkins = new ControllerRun(hub, JENKINSFILE, maven)) {
            // Ctrl-C is the usual end of this.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                jenkins.close();
                say("left out: " + leftOut);
            }));
            jenkins.start();
            boolean succeeded = jenkins.build(System.out).equals("SUCCESS");
            boolean released = report() && succeeded;
            leftOut = "nothing; " + JENKINSFILE + " ran in a controller, in the sandbox, on an agent";
            if (!options.contains("--once")) {
                say("the job is at " + jenkins.url() + "job/release/ until Ctrl-C");
                Thread.currentThread().join();
            }
            return released;
        }
    }

    private void introduce() {
        say("a Docker Hub, " + hub.hub().uri() + ", and its registry, "
                + hub.registry().uri() + ", hold " + ReleaseHub.IMAGE + " with " + hub.tags() + " tags");
    }

    private boolean report() {
        List<String> faults = hub.faults();
        faults.forEach(ReleaseDemo::say);
        if (faults.isEmpty()) {
            say(ReleaseHub.IMAGE + ":" + String.join(" and ", ReleaseHub.RELEASE_TAGS)
                    + " are in the registry, with the digest of " + ReleaseHub.TAG + ", " + seconds()
                    + " s after bin/demo was called");
        }
        return faults.isEmpty();
    }

    /** bin/demo becomes this process at its end, so this process began when bin/demo did. */
    private static String seconds() {
        Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
        return String.format("%.1f", Duration.between(start, Instant.now()).toMillis() / 1000.0);
    }

    static void say(String line) {
        System.out.println("bin/demo: " + line);
    }
}
