package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.EnvVars;
import hudson.model.Label;
import hudson.model.Result;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import jenkins.model.CauseOfInterruption;
import org.apache.commons.io.FileUtils;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsolatedDockerConfigStepTest extends StepTest {

    private static final String TOKEN = "t0ken-0123456789";

    @TempDir
    private static Path agentConfig;

    private static DumbSlave agent;

    private WorkflowJob job;

    @BeforeAll
    static void connect() throws Exception {
        Setup.addText("token", TOKEN);
        agent = jenkins.createSlave(Label.get("docker"), new EnvVars("DOCKER_CONFIG", agentConfig.toString()));
        jenkins.waitOnline(agent);
    }

    @BeforeEach
    void createJob() throws Exception {
        job = jenkins.createProject(WorkflowJob.class);
        FileUtils.cleanDirectory(agentConfig.toFile());
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertThat(directories()).isEmpty();
    }

    private WorkflowRun start(String script) throws Exception {
        job.setDefinition(new CpsFlowDefinition("node('docker') {\n" + script + "\n}", true));
        return job.scheduleBuild2(0).waitForStart();
    }

    private static void ends(WorkflowRun run, Result result, String... expected) throws Exception {
        jenkins.assertBuildStatus(result, jenkins.waitForCompletion(run));
        for (String text : expected) {
            jenkins.assertLogContains(text, run);
        }
        jenkins.assertLogNotContains("\tat io.jenkins", run);
    }

    private static List<Path> directories() throws IOException {
        return Pipelines.directories(Path.of(agent.getRemoteFS()));
    }

    @Test
    void theBlockHasAConfigurationOfItsOwnThatOnlyItsUserCanRead() throws Exception {
        Files.writeString(
                agentConfig.resolve("config.json"),
                "{\"auths\": {\"quay.io\": {\"auth\": \"YTpi\"}}, \"credsStore\": \"pass\", \"psFormat\": \"x\"}");
        WorkflowRun run = start("""
                isolatedDockerConfig(registry: 'registry.example.com:5000', credentialsId: 'hub', registries: [
                        [url: 'ghcr.io', credentialsId: 'token'], [credentialsId: 'hub']]) {
                    sh 'echo "config=$DOCKER_CONFIG"; echo "authfile=$REGISTRY_AUTH_FILE"'
                    gate 'inside'
                }
                sh 'echo "afterwards=$DOCKER_CONFIG"'
                """);
        GateStep.waitFor("inside");
        assertThat(directories()).hasSize(1);
        Path directory = directories().get(0);
        Path file = directory.resolve("config.json");
        assertThat(Stream.of(directory, file).map(IsolatedDockerConfigStepTest::permissions))
                .containsExactly("rwx------", "rw-------");
        assertThat(file)
                .content()
                .contains("registry.example.com:5000", "ghcr.io", "https://index.docker.io/v1/", TOKEN, "psFormat")
                .doesNotContain("credsStore")
                .doesNotContain("quay.io");
        GateStep.open("inside");
        ends(
                run,
                Result.SUCCESS,
                "config=" + directory,
                "authfile=" + file,
                "afterwards=" + agentConfig,
                "logged in to registry.example.com:5000, ghcr.io, docker.io");
    }

    private static String permissions(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theValueOfTheBlockIsTheValueOfTheStep() throws Exception {
        ends(start("echo \"value=${isolatedDockerConfig { 6 * 7 }}\""), Result.SUCCESS, "value=42");
    }

    @Test
    void itIsRemovedAfterAFailure() throws Exception {
        ends(start("isolatedDockerConfig { error 'on purpose' }"), Result.FAILURE, "ERROR: on purpose");
    }

    @Test
    void itIsRemovedWhenTheStepItselfIsStopped() throws Exception {
        WorkflowRun run = start("isolatedDockerConfig { gate 'stopped' }");
        GateStep.waitFor("stopped");
        StepExecution block = run.getExecution().getCurrentExecutions(false).get().stream()
                .filter(IsolatedDockerConfigExecution.class::isInstance)
                .findFirst()
                .orElseThrow();
        FlowInterruptedException cause =
                new FlowInterruptedException(Result.ABORTED, new CauseOfInterruption.UserInterruption("somebody"));
        block.stop(cause);
        block.stop(cause);
        ends(run, Result.ABORTED);
    }

    @Test
    void anInnerBlockAddsItsLoginsAndTheOuterOneKeepsIts() throws Exception {
        WorkflowRun run = start("""
                isolatedDockerConfig(registry: 'outer.example.com', credentialsId: 'hub') {
                    dir('sub') {
                        isolatedDockerConfig(registry: 'inner.example.com', credentialsId: 'token') {
                            sh 'echo "inner: $(grep -c example.com "$DOCKER_CONFIG/config.json")"'
                        }
                    }
                    sh 'echo "outer: $(grep -c example.com "$DOCKER_CONFIG/config.json")"'
                    isolatedDockerConfig(inherit: false) {
                        sh 'echo "none: $(grep -c example.com "$DOCKER_CONFIG/config.json")"'
                    }
                }
                """);
        ends(run, Result.SUCCESS, "inner: 2", "outer: 1", "none: 0");
    }

    @Test
    void aConfigurationThatCannotBeReadIsAWarningUnlessItIsAskedFor() throws Exception {
        Files.writeString(agentConfig.resolve("config.json"), "garbage");
        ends(
                start("isolatedDockerConfig { echo 'inside' }"),
                Result.SUCCESS,
                "Warning: ignoring the Docker configuration",
                "inside");
        ends(
                start("isolatedDockerConfig(inherit: true) { }"),
                Result.FAILURE,
                "ERROR: Cannot use the Docker configuration " + agentConfig.resolve("config.json")
                        + ": it is not JSON (line 1, column");
    }
}
