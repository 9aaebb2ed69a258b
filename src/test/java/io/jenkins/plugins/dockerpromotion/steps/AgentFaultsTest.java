package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import hudson.AbortException;
import hudson.model.Result;
import hudson.model.TaskListener;
import hudson.remoting.ProxyException;
import hudson.slaves.DumbSlave;
import hudson.slaves.OfflineCause;
import io.jenkins.plugins.dockerpromotion.isolation.IsolatedDirectories;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionException;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathValidatorException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import jenkins.security.MasterToSlaveCallable;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Every step and every block with an agent that is lost, comes back or hears nothing, and with builds that are aborted. */
@WithJenkins
class AgentFaultsTest {

    /** An abort takes a moment; what does not notice it takes minutes. */
    private static final Duration AT_ONCE = Duration.ofSeconds(15);

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
        assertThat(records()).isEmpty();
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
        long pid = pid(agent);
        signal("STOP", pid);
        try {
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
        } finally {
            signal("CONT", pid);
        }
        awaitNoDirectory(agent);
    }

    /** By the class filter of a controller, which refuses most classes that failures have for causes. */
    @ParameterizedTest
    @MethodSource("failures")
    void everyFailureComesBackAsATextThatTheControllerTakes(Failing failing) throws Exception {
        DumbSlave agent = jenkins.createOnlineSlave();

        Throwable failure = catchThrowable(() -> agent.getChannel()
                .call(new AgentCall<>(UUID.randomUUID(), "try it", failing, Network.usual(), TaskListener.NULL)));

        assertThat(failure).isInstanceOf(failing.isExplained() ? AbortException.class : ProxyException.class);
        assertThat(failure).hasMessageContaining(failing.expected());
        assertThat(StepFailure.isAgentLost(failure)).isFalse();
        jenkins.jenkins.removeNode(agent);
    }

    static Stream<Failing> failures() {
        return Stream.of(
                new Failing("certificate", "Cannot ask x: its certificate has expired"),
                new Failing("argument", "Cannot try it: 'tag' is no tag"),
                new Failing("undone", "Cannot promote a/b:1: refused"),
                new Failing("abort", "aborted"),
                new Failing("bug", "IllegalStateException: surprise"),
                new Failing("io", "SocketException: reset"),
                new Failing("class", "NoClassDefFoundError: a/B"));
    }

    /** Fails in one way on the agent. */
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
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition("node('" + label + "') {\n" + body + "\n}", true));
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

    private static long pid(DumbSlave agent) throws Exception {
        String name = agent.getChannel().call(new RuntimeName());
        return Long.parseLong(name.substring(0, name.indexOf('@')));
    }

    private static final class RuntimeName extends MasterToSlaveCallable<String, RuntimeException> {
        private static final long serialVersionUID = 1L;

        @Override
        public String call() {
            return ManagementFactory.getRuntimeMXBean().getName();
        }
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static List<Path> directories(DumbSlave agent) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(agent.getRemoteFS()))) {
            return files.filter(file -> file.getFileName().toString().matches("docker-[0-9a-f-]{36}"))
                    .toList();
        }
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
