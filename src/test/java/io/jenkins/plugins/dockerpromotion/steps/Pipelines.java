package io.jenkins.plugins.dockerpromotion.steps;

import hudson.model.Label;
import hudson.model.Result;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jvnet.hudson.test.JenkinsRule;

/** Runs Pipelines in the sandbox, on an agent, with credentials and an in-memory Docker Hub. */
final class Pipelines {

    static final String PASSWORD = "pa55-w\"o/rd+";

    private Pipelines() {}

    /** Adds an agent with the label {@code agent}, and the credentials {@code hub} of the user {@code ci}. */
    static void prepare(JenkinsRule jenkins) throws Exception {
        jenkins.createOnlineSlave(Label.get("agent"));
        Setup.addLogin("hub", "ci", PASSWORD);
    }

    /** Starts a registry that accepts these credentials. */
    static InMemoryRegistry registry() {
        return InMemoryRegistry.builder().bearer().user("ci", PASSWORD).start();
    }

    /** Starts a Docker Hub that accepts these credentials, and configures it in place of the real one. */
    static InMemoryDockerHub dockerHub() throws IOException {
        InMemoryDockerHub hub = InMemoryDockerHub.builder().user("ci", PASSWORD).start();
        Setup.useDockerHub(hub);
        return hub;
    }

    /** Like {@link #dockerHub}, but with TLS, which callbacks require. */
    static InMemoryDockerHub dockerHubWithCallbacks() throws IOException {
        InMemoryDockerHub hub = InMemoryDockerHub.builder()
                .user("ci", PASSWORD)
                .tls(TestCertificates.shared().serverContext())
                .start();
        Setup.useDockerHub(hub);
        return hub;
    }

    static WorkflowJob job(JenkinsRule jenkins, String body) throws Exception {
        return Setup.job(jenkins, "node('agent') {\n" + body + "\n}");
    }

    static WorkflowRun succeed(JenkinsRule jenkins, String body) throws Exception {
        WorkflowRun run = jenkins.buildAndAssertSuccess(job(jenkins, body));
        Setup.assertNoApprovalAsked();
        return run;
    }

    static WorkflowRun fail(JenkinsRule jenkins, String body) throws Exception {
        return jenkins.buildAndAssertStatus(Result.FAILURE, job(jenkins, body));
    }

    /** Returns the files of a build that contain {@code secret}, {@code program.dat} and the log included. */
    static List<Path> filesHolding(WorkflowRun run, String secret) throws IOException {
        return SecretSearch.filesHolding(run.getRootDir().toPath(), secret);
    }

    /** Returns the directories below {@code root} that {@code isolatedDockerConfig} blocks created. */
    static List<Path> directories(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Pipelines::isDirectory).toList();
        }
    }

    static boolean isDirectory(Path file) {
        return file.getFileName().toString().matches("docker-[0-9a-f-]{36}");
    }
}
