package io.jenkins.plugins.dockerpromotion.examples;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.FilePath;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.HttpTestServer;
import io.jenkins.plugins.dockerpromotion.testing.LeftOut;
import io.jenkins.plugins.dockerpromotion.testing.ReleaseHub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jenkins.security.MasterToSlaveCallable;
import org.jenkinsci.plugins.scriptsecurity.scripts.ScriptApproval;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;

/** Runs {@code docs/examples/release/Jenkinsfile} and its scripted variant unchanged. */
@WithController
class ReleaseExampleTest {

    private static final String DECLARATIVE = "Jenkinsfile";
    private static final String SCRIPTED = "scripted/Jenkinsfile";

    private static JenkinsRule jenkins;
    private static DumbSlave agent;
    private ReleaseHub hub;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        jenkins.jenkins.setNumExecutors(0);
        agent = jenkins.createOnlineSlave();
        Setup.addLogin("docker-hub", ReleaseHub.USER, ReleaseHub.PASSWORD);
    }

    @BeforeEach
    void openHub() throws Exception {
        hub = ReleaseHub.start();
        Setup.useDockerHub(hub.hub());
    }

    private static WorkflowRun run(String jenkinsfile) throws Exception {
        WorkflowJob job = Setup.job(jenkins, Files.readString(Path.of("docs/examples/release", jenkinsfile)));
        return jenkins.buildAndAssertSuccess(job);
    }

    @AfterEach
    void close() {
        hub.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {DECLARATIVE, SCRIPTED})
    void releasesTheImageOfTheBuildWithoutAnApproval(String jenkinsfile) throws Exception {
        int before = hub.tags();

        WorkflowRun run = run(jenkinsfile);

        assertThat(hub.faults()).isEmpty();
        assertThat(hub.tags()).isEqualTo(before + 1);
        assertThat(run.getLog())
                .contains("The log never shows the token: ****")
                .contains("Released " + ReleaseHub.IMAGE + " as " + hub.digest())
                .doesNotContain(ReleaseHub.PASSWORD);
        ScriptApproval approvals = ScriptApproval.get();
        assertThat(approvals.getPendingScripts()).isEmpty();
        assertThat(approvals.getPendingSignatures()).isEmpty();
        assertThat(approvals.getPendingClasspathEntries()).isEmpty();
        assertThat(approvals.getApprovedSignatures()).isEmpty();
    }

    @Test
    void leavesNoDockerConfigurationBehind() throws Exception {
        WorkflowRun run = run(DECLARATIVE);

        FilePath temporary = agent.getWorkspaceFor(run.getParent()).withSuffix("@tmp");
        assertThat(temporary.exists() ? temporary.list("docker-*/**") : new FilePath[0])
                .isEmpty();
    }

    @Test
    void doesAllItsHttpInTheProcessOfTheAgent() throws Exception {
        LeftOut.unless(
                SocketOwners.areKnown(),
                ReleaseExampleTest.class,
                "only Linux tells which process a socket belongs to");
        Set<Long> clients = ConcurrentHashMap.newKeySet();
        for (HttpTestServer server : List.of(hub.hub(), hub.registry())) {
            int port = server.uri().getPort();
            // The predicate runs before the request is answered, so the connection of the client is still open.
            server.onRequest(
                    request -> {
                        clients.addAll(SocketOwners.ofClients(port));
                        return false;
                    },
                    Fault.status(500));
        }

        run(DECLARATIVE);

        long agentProcess = agent.getChannel().call(new ProcessId());
        assertThat(agentProcess).isNotEqualTo(ProcessHandle.current().pid());
        assertThat(clients).containsExactly(agentProcess);
    }

    private static final class ProcessId extends MasterToSlaveCallable<Long, RuntimeException> {
        private static final long serialVersionUID = 1L;

        @Override
        public Long call() {
            return ProcessHandle.current().pid();
        }
    }
}
