package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.EnvVars;
import hudson.model.Label;
import hudson.model.Slave;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.Waiting;
import io.jenkins.plugins.dockerpromotion.testing.DockerDaemonProcess;
import io.jenkins.plugins.dockerpromotion.testing.FakeCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvnet.hudson.test.JenkinsRule;

/** Tests the step with a fake docker CLI, and once with the real one. */
class PruneDockerHostStepTest extends StepTest {

    @TempDir
    private Path bin;

    @BeforeAll
    static void addExecutors() throws Exception {
        Setup.setExecutors(jenkins, 2);
    }

    @BeforeEach
    void installClient() throws Exception {
        client("exit 0");
    }

    /** @param body the body of a shell script that replaces the docker CLI */
    private void client(String body) throws Exception {
        FakeCommand.install(bin, "docker", "echo \"$@\" >>" + bin + "/calls\n" + body);
    }

    private String step(String parameters) {
        return "withEnv(['PATH=" + bin + ":/usr/bin:/bin', 'SECRET=marked']) { echo \"freed ${pruneDockerHost("
                + parameters + ")}\" }";
    }

    @Test
    void asksTheClientOfTheBuildsPathByPlainArguments() throws Exception {
        client("env >>" + bin + "/env; case \"$1 $2\" in"
                + " 'image ls') echo sha256:1;;"
                + " 'image inspect') echo '{\"Id\":\"sha256:1\",\"RepoTags\":[\"old:1\"],\"Size\":2000000,"
                + "\"Metadata\":{\"LastTagTime\":\"2020-01-01T00:00:00Z\"}}';;"
                + " esac");

        succeed(
                step("until: '1d'"),
                "Removing Docker data on the agent slave0 unused for 1d, except what running builds may use",
                "Removed the image old:1",
                "Removed 0 containers, 0 networks, 1 images and 0 volumes, 2.0 MB of images; 0 stay",
                "freed [bytes:2000000, containers:0, networks:0, images:1, volumes:0, kept:0, dryRun:false]");

        assertThat(Files.readAllLines(bin.resolve("calls"))).contains("image ls --quiet --no-trunc", "image rm old:1");
        assertThat(Files.readString(bin.resolve("env"))).doesNotContain("marked");
    }

    @Test
    void removesNothingOnADryRun() throws Exception {
        client("case \"$1 $2\" in 'network ls') echo n1;;"
                + " 'network inspect') echo '{\"Id\":\"n1\",\"Name\":\"old\",\"Scope\":\"local\",\"Containers\":{},"
                + "\"Created\":\"2020-01-01T00:00:00Z\"}';; esac");

        succeed(step("dryRun: true"), "Would remove the network old");

        assertThat(Files.readString(bin.resolve("calls"))).doesNotContain(" rm ");
    }

    @Test
    void failsInOneLine() throws Exception {
        fail(
                "withEnv(['PATH=/nowhere']) { pruneDockerHost() }",
                "Cannot prune Docker on the agent slave0: there is no docker client in the PATH; install it there, or run"
                        + " this step on an agent that has one");
        fail(step("until: 'yesterday'"), "Cannot prune Docker on the agent slave0: 'yesterday' is not an age");
        client("echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2; exit 1");
        fail(step(""), "Cannot prune Docker on the agent slave0: no daemon answers (Cannot connect to");
        client("echo 'permission denied while trying to connect' >&2; exit 1");
        fail(step(""), "the agent's user has no access to the daemon (permission denied while trying to" + " connect)");
        client("printf 'odd\\033[31m\\nwords' >&2; exit 3");
        fail(step(""), "Cannot prune Docker on the agent slave0: the docker client failed (odd [31m words)");
    }

    @Test
    void prunesForOneBuildAtATimeAndLetsTheOthersBeAborted() throws Exception {
        client("while [ ! -e " + bin + "/go ]; do sleep 0.1; done");
        WorkflowJob job = Pipelines.job(jenkins, step(""));
        job.setConcurrentBuild(true);
        WorkflowRun first = job.scheduleBuild2(0).waitForStart();
        await(bin.resolve("calls"));
        WorkflowRun second = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("Waiting: another build is pruning Docker on this agent", second);
        assertThat(Files.readAllLines(bin.resolve("calls"))).hasSize(1);

        abort(second);
        assertThat(first.isBuilding()).isTrue();

        Files.createFile(bin.resolve("go"));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
    }

    @Test
    void endsTheClientWhenTheBuildIsAborted() throws Exception {
        client("echo $$ >" + bin + "/pid.new; mv " + bin + "/pid.new " + bin + "/pid; exec sleep 600");
        WorkflowRun run = begin(step(""));
        await(bin.resolve("pid"));
        long pid = Long.parseLong(Files.readString(bin.resolve("pid")).strip());

        abort(run);

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    private static void await(Path file) throws Exception {
        Waiting.until(file + " to be written", () -> Files.exists(file));
    }

    @ParameterizedTest
    @CsvSource({"another-daemon, false", "this-daemon, true"})
    void aBuildOnAnotherAgentCountsIfItMayUseTheSameDaemon(String daemonOfTheOther, boolean stays) throws Exception {
        Path there = Files.createDirectory(bin.resolve("there"));
        FakeCommand.install(there, "docker", "echo " + daemonOfTheOther);
        Slave other =
                jenkins.createOnlineSlave(Label.get(daemonOfTheOther), new EnvVars("PATH", FakeCommand.path(there)));
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(
                new CpsFlowDefinition("node('" + daemonOfTheOther + "') { echo 'is there'; input 'go on?' }", true));
        WorkflowRun longBuild = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("Proceed or Abort", longBuild);
        client("case \"$1 $2\" in"
                + " 'info --format') echo this-daemon;;"
                + " 'image ls') echo sha256:1;;"
                + " 'image inspect') echo '{\"Id\":\"sha256:1\",\"RepoTags\":[\"old:1\"],\"Size\":1,"
                + "\"Metadata\":{\"LastTagTime\":\"" + Instant.ofEpochMilli(longBuild.getStartTimeInMillis() + 1)
                + "\"}}';;"
                + " esac");

        WorkflowRun run = succeed(step("until: '0s'"));

        assertThat(JenkinsRule.getLog(run).contains("Removed the image old:1")).isEqualTo(!stays);
        abort(longBuild);
        jenkins.jenkins.removeNode(other);
    }

    @Test
    void keepsWhatTwoRunningBuildsUseOfARealDaemon() throws Exception {
        try (DockerDaemonProcess daemon = DockerDaemonProcess.startOrSkip(PruneDockerHostStepTest.class)) {
            daemon.importEmptyImage("before:1");
            WorkflowRun neighbour = begin("withEnv(['DOCKER_HOST=" + daemon.host()
                    + "']) { sh 'docker tag before:1 neighbour:1; touch " + bin
                    + "/tagged; while [ ! -e " + bin + "/done ]; do sleep 0.1; done;"
                    + " docker image inspect neighbour:1' }");
            await(bin.resolve("tagged"));

            WorkflowRun run =
                    succeed("withEnv(['DOCKER_HOST=" + daemon.host() + "']) { pruneDockerHost(until: '0s') }");

            jenkins.assertLogContains("Removed 0 containers, 0 networks, 0 images and 0 volumes", run);
            Files.createFile(bin.resolve("done"));
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(neighbour));
            WorkflowRun later =
                    succeed("withEnv(['DOCKER_HOST=" + daemon.host() + "']) { pruneDockerHost(until: '0s') }");
            jenkins.assertLogContains("Removed the image", later);
            assertThat(List.of(jenkins.getLog(later).split("\n"))).anyMatch(line -> line.contains("before:1"));
        }
    }
}
