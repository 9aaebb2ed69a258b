package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import hudson.AbortException;
import hudson.model.Result;
import hudson.model.TaskListener;
import hudson.remoting.ProxyException;
import hudson.slaves.DumbSlave;
import hudson.slaves.OfflineCause;
import io.jenkins.plugins.dockerpromotion.controller.Frozen;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.Waiting;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.isolation.IsolatedDirectories;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionException;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathValidatorException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;

/** Tests every step and block with an agent that is lost, reconnects or does not respond, and with aborted builds. */
@WithController
class AgentFaultsTest {

    /** Upper limit for an abort. An abort that is not noticed takes minutes. */
    private static final Duration AT_ONCE = Duration.ofSeconds(15);

    private static final Predicate<RecordedRequest> CANDIDATE =
            RecordedRequest.matching("PUT", "/v2/group/app/manifests/1.0-rc");

    private static final Predicate<RecordedRequest> LATEST =
            RecordedRequest.matching("PUT", "/v2/group/app/manifests/latest");

    @TempDir
    private static Path bin;

    private static JenkinsRule jenkins;
    private static HeldSteps held;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Pipelines.prepare(rule);
        held = new HeldSteps(bin);
        held.site().configure();
    }

    @AfterAll
    static void closeRegistries() {
        held.close();
    }

    @AfterEach
    void forgetPatience() {
        System.clearProperty(AgentPlace.PATIENCE);
    }

    @Test
    void everyStepEndsAtOnceWhenItsBuildIsAborted() throws Exception {
        DumbSlave agent = agent("aborted");
        held.hold("aborted", true);
        WorkflowRun run = begin("aborted", held.pipeline("aborted"));
        held.awaitHeld("aborted");

        assertAbortsAtOnce(run);

        assertThat(directories(agent)).isEmpty();
        assertThat(held.registry().digestOf("aborted/promote", "latest")).contains(HeldSteps.OLD);
    }

    @Test
    void everyStepSaysInOneLineThatItsAgentIsLostForGood() throws Exception {
        System.setProperty(AgentPlace.PATIENCE, "2");
        DumbSlave agent = agent("lost");
        held.hold("lost", true);
        WorkflowRun run = begin("lost", held.failures("lost"));
        held.awaitHeld("lost");

        disconnect(agent);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        for (String name : held.names("lost")) {
            assertThat(JenkinsRule.getLog(run))
                    .containsPattern("(?m)^failed " + name
                            + ": Cannot .*: the agent lost was lost and did not reconnect; run the build again");
        }
        connect(agent);
        awaitNoDirectory(agent);
    }

    @Test
    void aBuildThatWaitsForALostAgentIsAbortedAtOnceAndItsDirectoryRemovedLater() throws Exception {
        DumbSlave agent = agent("away");
        held.hold("away", true);
        WorkflowRun run = begin("away", held.pipeline("away"));
        held.awaitHeld("away");
        disconnect(agent);
        Waiting.until(
                "all steps to wait",
                () -> JenkinsRule.getLog(run).split("Lost the agent away", -1).length
                        > held.names("away").size());

        assertAbortsAtOnce(run);

        assertThat(directories(agent)).hasSize(1);
        jenkins.assertLogContains("will be removed when the agent reconnects", run);
        connect(agent);
        awaitNoDirectory(agent);
    }

    @Test
    void aReturningAgentIsRidOfWhatItsBlocksLeftAndOfNothingElse() throws Exception {
        DumbSlave agent = agent("swept");
        DumbSlave neighbour = agent("neighbour");
        disconnect(neighbour);
        WorkflowRun run = begin(
                "swept",
                "parallel(a: { %1$s { gate 'running' } }, b: { gate 'begin'\n%1$s { gate 'left' }\ngate 'afterwards' })"
                        .formatted(HeldSteps.BLOCK));
        GateStep.waitFor("running");
        List<Path> inUse = directories(agent);
        GateStep.open("begin");
        GateStep.waitFor("left");
        disconnect(agent);
        GateStep.open("left");
        GateStep.waitFor("afterwards");
        connect(neighbour);
        assertThat(directories(agent)).hasSize(2).containsAll(inUse);

        connect(agent);

        Waiting.until("the abandoned directory to go", () -> directories(agent).size() < 2);
        assertThat(directories(agent)).isEqualTo(inUse);
        GateStep.open("afterwards");
        GateStep.open("running");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertThat(directories(agent)).isEmpty();
        Waiting.until("all directories to be forgotten", () -> records().isEmpty());
    }

    @Test
    void whatAKilledBuildLeavesIsRemovedAsWell() throws Exception {
        DumbSlave agent = agent("killed");
        WorkflowRun run = begin("killed", HeldSteps.BLOCK + " { gate 'killed' }");
        GateStep.waitFor("killed");
        assertThat(directories(agent)).hasSize(1);

        run.doKill();

        awaitNoDirectory(agent);
    }

    @Test
    void blocksAreAbortedAtOnceWhileTheyAreEnteredAndLeftOnAnAgentThatHearsNothing() throws Exception {
        DumbSlave agent = agent("frozen");
        WorkflowRun run = begin(
                "frozen",
                "parallel(leaving: { %1$s { gate 'leave' } }, entering: { gate 'enter'\n%1$s { } })"
                        .formatted(HeldSteps.BLOCK));
        GateStep.waitFor("leave");
        GateStep.waitFor("enter");
        try (Frozen ignored = Frozen.agent(agent)) {
            GateStep.open("leave");
            GateStep.open("enter");
            List<String> blocks = List.of("creating a Docker configuration", "removing the Docker configuration");
            Waiting.until(
                    "one block that is entered and one that is left",
                    () -> run.getExecution().getCurrentExecutions(false).get().stream()
                            .map(StepExecution::getStatus)
                            .toList()
                            .containsAll(blocks));

            assertAbortsAtOnce(run);
        }
        awaitNoDirectory(agent);
    }

    private InMemoryRegistry registry() {
        InMemoryRegistry registry = Pipelines.registry();
        registry.push("group/app", "1.0", TestImage.docker(2));
        registry.push("group/app", "latest", TestImage.docker(1));
        return registry;
    }

    private static String image(InMemoryRegistry registry) {
        return "image: '" + registry.host() + "/group/app', credentialsId: 'hub', ";
    }

    /** Waits until one target tag has moved and the request for the other one hangs. */
    private static void awaitHalf(InMemoryRegistry registry) {
        registry.requests().await(CANDIDATE);
        registry.requests().await(r -> LATEST.test(r) && r.status() == 201);
    }

    @Test
    void anAbortedPromotionPutsBackWhatMovedAndHoldsNoThreadBefore() throws Exception {
        agent("put-back");
        try (InMemoryRegistry registry = registry()) {
            registry.onRequest(CANDIDATE, Fault.hang().always());
            WorkflowRun run =
                    begin("put-back", "promoteImage(" + image(registry) + "tag: '1.0', to: ['{tag}-rc', 'latest'])");
            awaitHalf(registry);
            assertThat(Thread.getAllStackTraces().values())
                    .as("while the agent works, the controller waits without a thread")
                    .noneMatch(stack -> Stream.of(stack)
                            .anyMatch(frame -> frame.getClassName().equals(AgentStepExecution.class.getName())));

            assertAbortsAtOnce(run);

            jenkins.assertLogContains("was aborted; now in", run);
            jenkins.assertLogContains("latest put back to", run);
            assertThat(jenkins.createWebClient()
                            .getPage(run)
                            .getElementById("docker-promotions")
                            .asNormalizedText())
                    .contains("latest put back to", "1.0-rc still absent");
            assertThat(registry.digestOf("group/app", "latest")).contains(HeldSteps.OLD);
            assertThat(registry.digestOf("group/app", "1.0-rc")).isEmpty();
        }
    }

    /** The build ends before the rollback does, because a registry can be slow. The tags stay locked until then. */
    @Test
    void anAbortedPromotionKeepsItsTagsUntilItHasPutThemBack() throws Exception {
        agent("farewell");
        CountDownLatch putBack = new CountDownLatch(1);
        System.setProperty(AgentStepExecution.FAREWELL, "1");
        try (InMemoryRegistry registry = registry()) {
            registry.onRequest(CANDIDATE, Fault.hang().always());
            registry.onRequest(
                    r -> LATEST.test(r)
                            && registry.digestOf("group/app", "latest").equals(Optional.of(HeldSteps.NEW))
                            && Waiting.isOpen(putBack),
                    Fault.delay(Duration.ZERO).always());
            WorkflowRun aborted =
                    begin("farewell", "promoteImage(" + image(registry) + "tag: '1.0', to: ['{tag}-rc', 'latest'])");
            awaitHalf(registry);
            aborted.doStop();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(aborted));

            WorkflowRun next = begin("farewell", "promoteImage(" + image(registry) + "tag: '1.0', to: ['latest'])");
            jenkins.waitForMessage("another build is changing tags of the same repository", next);
            putBack.countDown();

            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(next));
            assertThat(registry.digestOf("group/app", "latest")).contains(HeldSteps.NEW);
        } finally {
            System.clearProperty(AgentStepExecution.FAREWELL);
        }
    }

    @Test
    void stepsGoOnWhenALostAgentComesBackAndATagThatNeverWasIsStillAMistake() throws Exception {
        DumbSlave agent = agent("back");
        try (InMemoryRegistry registry = registry()) {
            registry.onRequest(LATEST, Fault.hang());
            registry.onRequest(RecordedRequest.matching(".*/manifests/absent"), Fault.hang());
            WorkflowRun run = begin(
                    "back",
                    "parallel(a: { promoteImage(%1$s tag: '1.0', to: ['latest']) }, b: { try { deleteImageTag(%2$s tag: 'absent') } catch (e) { echo \"caught ${e.message}\" } })"
                            .formatted(image(registry), image(registry).replace("/app", "/other")));
            registry.requests().await(LATEST);
            registry.requests().await(RecordedRequest.matching(".*/manifests/absent"));

            disconnect(agent);
            Waiting.until(
                    "both steps to wait", () -> JenkinsRule.getLog(run).split("Lost the agent back", -1).length > 2);
            connect(agent);

            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
            assertThat(registry.digestOf("group/app", "latest")).contains(HeldSteps.NEW);
            jenkins.assertLogContains("/group/other:absent: there is no such tag", run);
        }
    }

    /**
     * The class filter of the controller (JEP-200) rejects most exception classes that a failure can have as its cause.
     */
    @Test
    void everyFailureComesBackAsATextThatTheControllerTakes() throws Exception {
        DumbSlave agent = jenkins.createOnlineSlave();
        for (Failing failing : failures()) {
            Throwable failure = catchThrowable(() -> agent.getChannel()
                    .call(new AgentCall<>(
                            UUID.randomUUID(),
                            "try it",
                            failing,
                            Network.usual(),
                            TaskListener.NULL,
                            new AgentCall.Memory(Map.of(), facts -> {}))));

            assertThat(failure)
                    .as(failing.kind())
                    .isInstanceOf(failing.isExplained() ? AbortException.class : ProxyException.class)
                    .hasMessageContaining(failing.expected());
            assertThat(StepFailure.isAgentLost(failure)).as(failing.kind()).isFalse();
        }
        jenkins.jenkins.removeNode(agent);
    }

    private static List<Failing> failures() {
        return List.of(
                new Failing("certificate", "Cannot ask x: its certificate has expired"),
                new Failing("argument", "Cannot try it: 'tag' is no tag"),
                new Failing("undone", "Cannot promote a/b:1: refused"),
                new Failing("abort", "aborted"),
                new Failing("bug", "IllegalStateException: surprise"),
                new Failing("io", "SocketException: reset"),
                new Failing("class", "NoClassDefFoundError: a/B"));
    }

    /** An operation that fails on the agent, in a given way. */
    record Failing(String kind, String expected) implements Operation<String> {

        boolean isExplained() {
            return !List.of("bug", "io", "class").contains(kind);
        }

        @Override
        public String run(RegistryContext context) throws IOException, InterruptedException {
            Exception unknown = new CertPathValidatorException("expired", new Throwable() {});
            switch (kind) {
                case "certificate" -> {
                    SSLHandshakeException broken = new SSLHandshakeException("PKIX");
                    broken.initCause(unknown);
                    throw new RegistryException("Cannot ask x: its certificate has expired") {
                        private static final long serialVersionUID = 1L;

                        @Override
                        public Throwable getCause() {
                            return broken;
                        }
                    };
                }
                case "argument" -> throw new IllegalArgumentException("'tag' is no tag", unknown);
                case "undone" -> throw new PromotionException("Cannot promote a/b:1: refused");
                case "abort" -> throw new InterruptedException();
                case "io" -> throw new SocketException("reset");
                case "class" -> throw new NoClassDefFoundError("a/B");
                default -> throw new IllegalStateException("surprise", unknown);
            }
        }
    }

    private static DumbSlave agent(String name) throws Exception {
        DumbSlave agent = jenkins.createSlave(name, name, null);
        jenkins.waitOnline(agent);
        return agent;
    }

    private static WorkflowRun begin(String label, String body) throws Exception {
        WorkflowJob job = Setup.job(jenkins, "node('" + label + "') {\n" + body + "\n}");
        return job.scheduleBuild2(0).waitForStart();
    }

    private static void disconnect(DumbSlave agent) throws Exception {
        agent.toComputer().disconnect(new OfflineCause.ByCLI("pulled the plug")).get();
    }

    private static void connect(DumbSlave agent) throws Exception {
        agent.toComputer().connect(true).get();
        jenkins.waitOnline(agent);
    }

    private static void assertAbortsAtOnce(WorkflowRun run) throws Exception {
        Instant begin = Instant.now();
        run.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        assertThat(Duration.between(begin, Instant.now())).isLessThan(AT_ONCE);
    }

    private static List<Path> directories(DumbSlave agent) throws IOException {
        return Pipelines.directories(Path.of(agent.getRemoteFS()));
    }

    private static void awaitNoDirectory(DumbSlave agent) throws Exception {
        Waiting.until("the last directory to go", () -> directories(agent).isEmpty());
    }

    private static List<Path> records() throws IOException {
        Path folder = jenkins.jenkins.getRootDir().toPath().resolve(IsolatedDirectories.class.getName());
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
