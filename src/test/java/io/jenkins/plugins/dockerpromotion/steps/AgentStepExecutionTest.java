package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import hudson.model.Slave;
import hudson.slaves.OfflineCause;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class AgentStepExecutionTest {

    private static final String NEW = TestImage.docker(1).digest();

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private InMemoryRegistry registry;

    @BeforeEach
    void openRegistry() {
        registry = InMemoryRegistry.builder()
                .bearer()
                .user("ci", Pipelines.PASSWORD)
                .start();
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.push("group/app", "latest", TestImage.docker(2));
    }

    @AfterEach
    void closeRegistry() {
        registry.close();
    }

    private WorkflowRun begin(JenkinsRule jenkins) throws Exception {
        Pipelines.prepare(jenkins);
        WorkflowJob job = Pipelines.job(jenkins, promotion("to: ['{tag}-rc', 'latest']"));
        return job.scheduleBuild2(0).waitForStart();
    }

    private String promotion(String parameters) {
        return "def p = promoteImage(image: '" + registry.host() + "/group/app', tag: '1.0', credentialsId: 'hub', "
                + parameters + ")\necho \"promoted ${p.digest}\"";
    }

    private static List<Thread> threadsOfSteps() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> Stream.of(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().equals(AgentStepExecution.class.getName())))
                .map(Map.Entry::getKey)
                .toList();
    }

    private void awaitRequest(String method, String path) {
        registry.requests().await(RecordedRequest.matching(method, path));
    }

    @Test
    void startsAgainAfterARestartAndGivesOneResult() throws Throwable {
        registry.onRequest(RecordedRequest.matching("PUT", "/v2/group/app/manifests/latest"), Fault.hang());
        sessions.then(jenkins -> {
            WorkflowRun run = begin(jenkins);
            awaitRequest("PUT", "/v2/group/app/manifests/latest");
            assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
        });
        sessions.then(jenkins -> {
            WorkflowRun run =
                    jenkins.jenkins.getAllItems(WorkflowJob.class).get(0).getLastBuild();
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
            jenkins.assertLogContains("promoted " + TestImage.docker(1).digest(), run);
            assertThat(registry.digestOf("group/app", "latest"))
                    .contains(TestImage.docker(1).digest());
            assertThat(registry.digestOf("group/app", "1.0-rc"))
                    .contains(TestImage.docker(1).digest());
            assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
        });
    }

    @Test
    void endsTheCallAtOnceWhenTheBuildIsAbortedAndPutsBackWhatMoved() throws Throwable {
        registry.onRequest(
                RecordedRequest.matching("PUT", "/v2/group/app/manifests/1.0-rc"),
                Fault.hang().always());
        sessions.then(jenkins -> {
            WorkflowRun run = begin(jenkins);
            awaitRequest("PUT", "/v2/group/app/manifests/1.0-rc");
            registry.requests()
                    .await(r -> RecordedRequest.matching("PUT", "/v2/group/app/manifests/latest")
                                    .test(r)
                            && r.status() == 201);
            assertThat(threadsOfSteps())
                    .as("while the agent works, the controller waits without a thread")
                    .isEmpty();

            run.getExecutor().interrupt();

            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
            jenkins.assertLogContains("was aborted; now in", run);
            jenkins.assertLogContains("latest put back to", run);
            assertThat(jenkins.createWebClient()
                            .getPage(run)
                            .getElementById("docker-promotions")
                            .asNormalizedText())
                    .contains("failed", "aborted; now in", "latest put back to", "1.0-rc still absent");
            assertThat(registry.digestOf("group/app", "latest"))
                    .contains(TestImage.docker(2).digest());
            assertThat(registry.digestOf("group/app", "1.0-rc")).isEmpty();
        });
    }

    /** The build ends before, since a registry may take its time; the tags are not free yet. */
    @Test
    void anAbortedPromotionKeepsItsTagsUntilItHasPutThemBack() throws Throwable {
        CountDownLatch putBack = new CountDownLatch(1);
        registry.onRequest(
                RecordedRequest.matching("PUT", "/v2/group/app/manifests/1.0-rc"),
                Fault.hang().always());
        registry.onRequest(
                r -> RecordedRequest.matching("PUT", "/v2/group/app/manifests/latest")
                                .test(r)
                        && registry.digestOf("group/app", "latest").equals(Optional.of(NEW))
                        && awaits(putBack),
                Fault.delay(Duration.ZERO).always());
        System.setProperty(AgentStepExecution.FAREWELL, "1");
        try {
            sessions.then(jenkins -> {
                WorkflowRun aborted = begin(jenkins);
                awaitRequest("PUT", "/v2/group/app/manifests/1.0-rc");
                registry.requests()
                        .await(r -> RecordedRequest.matching("PUT", "/v2/group/app/manifests/latest")
                                        .test(r)
                                && r.status() == 201);
                aborted.getExecutor().interrupt();
                jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(aborted));

                WorkflowRun next = Pipelines.job(jenkins, promotion("to: ['latest']"))
                        .scheduleBuild2(0)
                        .waitForStart();
                jenkins.waitForMessage("another build is changing tags of the same repository", next);
                assertThat(RepositoryLocks.get().count()).isEqualTo(2);
                putBack.countDown();

                jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(next));
                assertThat(registry.digestOf("group/app", "latest")).contains(NEW);
                assertThat(RepositoryLocks.get().count()).isZero();
            });
        } finally {
            System.clearProperty(AgentStepExecution.FAREWELL);
        }
    }

    private static boolean awaits(CountDownLatch latch) {
        try {
            return latch.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void goesOnWhenALostAgentComesBack() throws Throwable {
        registry.onRequest(RecordedRequest.matching("PUT", "/v2/group/app/manifests/latest"), Fault.hang());
        sessions.then(jenkins -> {
            WorkflowRun run = begin(jenkins);
            awaitRequest("PUT", "/v2/group/app/manifests/latest");
            Slave agent = (Slave) jenkins.jenkins.getNodes().get(0);

            agent.toComputer()
                    .disconnect(new OfflineCause.ByCLI("pulled the plug"))
                    .get();
            jenkins.waitForMessage("Lost the agent " + agent.getNodeName(), run);
            agent.toComputer().connect(true).get();

            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
            assertThat(registry.digestOf("group/app", "latest"))
                    .contains(TestImage.docker(1).digest());
        });
    }

    @Test
    void saysInOneLineThatTheAgentIsLostForGood() throws Throwable {
        registry.onRequest(
                RecordedRequest.matching("GET", "/v2/group/app/manifests/1.0"),
                Fault.hang().always());
        System.setProperty(AgentPlace.PATIENCE, "1");
        try {
            sessions.then(jenkins -> {
                WorkflowRun run = begin(jenkins);
                awaitRequest("GET", "/v2/group/app/manifests/1.0");
                Slave agent = (Slave) jenkins.jenkins.getNodes().get(0);

                agent.toComputer()
                        .disconnect(new OfflineCause.ByCLI("pulled the plug"))
                        .get();

                jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
                jenkins.assertLogContains(
                        "Cannot promote " + registry.host() + "/group/app:1.0: the agent " + agent.getNodeName()
                                + " was lost and did not reconnect",
                        run);
            });
        } finally {
            System.clearProperty(AgentPlace.PATIENCE);
        }
    }
}
