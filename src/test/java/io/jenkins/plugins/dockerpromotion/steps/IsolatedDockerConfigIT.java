package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.EnvVars;
import hudson.model.Result;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.DockerDaemonProcess;
import io.jenkins.plugins.dockerpromotion.testing.DockerRegistryProcess;
import java.nio.file.Path;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;

/** Runs two builds on one agent, with a real Docker daemon and a registry that requires a password. */
@WithController
class IsolatedDockerConfigIT {

    private static DockerDaemonProcess daemon;
    private static DockerRegistryProcess registry;

    @TempDir
    private Path agentConfig;

    @TempDir
    private Path agentFolder;

    private JenkinsRule jenkins;

    @BeforeAll
    static void servers() throws Exception {
        DockerRegistryProcess.assumeAvailable(IsolatedDockerConfigIT.class);
        daemon = DockerDaemonProcess.startOrSkip(IsolatedDockerConfigIT.class);
        registry = DockerRegistryProcess.builder().htpasswd().start();
        daemon.importEmptyImage(registry.host() + "/app:1");
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.close();
        }
        if (daemon != null) {
            daemon.close();
        }
    }

    @BeforeEach
    void agent(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Setup.addLogin("registry", DockerRegistryProcess.USER, DockerRegistryProcess.PASSWORD);
        EnvVars environment = new EnvVars(
                "DOCKER_HOST", daemon.host(), "DOCKER_CONFIG", agentConfig.toString(), "REGISTRY", registry.host());
        DumbSlave agent = new DumbSlave("agent", agentFolder.toString(), jenkins.createComputerLauncher(environment));
        agent.setLabelString("docker");
        agent.setNumExecutors(2);
        jenkins.jenkins.addNode(agent);
        jenkins.waitOnline(agent);
    }

    @Test
    void aBuildThatLogsOutDoesNotDisturbItsNeighbour() throws Exception {
        String block = "isolatedDockerConfig(registry: env.REGISTRY, credentialsId: 'registry')";
        WorkflowRun staying = begin("staying", block + " { " + STAYING + " }");
        WorkflowRun leaving = begin("leaving", block + " { " + LEAVING + " }");
        GateStep.waitFor("pushed");
        GateStep.open("both logged in");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(leaving));
        GateStep.open("pushed");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(staying));
        assertThat(agentConfig.resolve("config.json")).doesNotExist();
    }

    @Test
    void withoutTheBlockTheNeighbourIsLoggedOut() throws Exception {
        String login = "withCredentials([usernamePassword(credentialsId: 'registry', usernameVariable: 'WHO',"
                + " passwordVariable: 'SECRET')]) {"
                + " sh 'echo \"$SECRET\" | docker login --username \"$WHO\" --password-stdin \"$REGISTRY\"' }\n";
        WorkflowRun staying = begin("staying", login + STAYING);
        WorkflowRun leaving = begin("leaving", login + LEAVING);
        GateStep.waitFor("pushed");
        GateStep.open("both logged in");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(leaving));
        GateStep.open("pushed");
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(staying));
        jenkins.assertLogContains("no basic auth credentials", staying);
    }

    private static final String STAYING = """
            sh 'docker push "$REGISTRY/app:1"'
            gate 'pushed'
            sh 'docker tag "$REGISTRY/app:1" "$REGISTRY/app:$BUILD_TAG" && docker push "$REGISTRY/app:$BUILD_TAG"'
            sh 'docker pull "$REGISTRY/app:$BUILD_TAG"'
            """;

    private static final String LEAVING = """
            gate 'both logged in'
            sh 'docker pull "$REGISTRY/app:1" && docker logout "$REGISTRY"'
            """;

    private WorkflowRun begin(String name, String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition("node('docker') {\n" + script + "\n}", true));
        return job.scheduleBuild2(0).waitForStart();
    }
}
