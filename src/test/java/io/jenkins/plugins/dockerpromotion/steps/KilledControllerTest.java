package io.jenkins.plugins.dockerpromotion.steps;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import hudson.model.Slave;
import io.jenkins.plugins.dockerpromotion.controller.Frozen;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.Waiting;
import io.jenkins.plugins.dockerpromotion.isolation.IsolatedDirectories;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DurabilityHintJobProperty;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.InboundAgentExtension;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/**
 * Kills a controller, which runs in its own process, while every step waits for a registry and while blocks are
 * entered, run and left. One agent survives the controller, one is stopped with it, and one is suspended for a while.
 */
class KilledControllerTest {

    /** The agents, named by what happens to them. */
    private static final String SURVIVOR = "survivor";

    private static final String MORTAL = "mortal";
    private static final String FROZEN = "frozen";

    /** A job that does not survive a crash, because its durability hint is {@code PERFORMANCE_OPTIMIZED}. */
    private static final String HASTY = "hasty";

    /** Disables the C2 compiler: nothing here runs long enough for it. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    @RegisterExtension
    private final RealJenkinsExtension controller = new RealJenkinsExtension().javaOptions("-Xmx1g", QUICK_START);

    @RegisterExtension
    private final InboundAgentExtension agents = new InboundAgentExtension();

    @TempDir
    private Path bin;

    private final List<Path> workDirectories = new ArrayList<>();
    private HeldSteps held;

    @BeforeEach
    void openRegistries() throws IOException {
        held = new HeldSteps(bin);
    }

    @AfterEach
    void closeRegistries() {
        held.close();
    }

    @Test
    void everyStepGivesOneResultAndEveryBlockCleansUp() throws Throwable {
        controller.startJenkins();
        controller.runRemotely(KilledControllerTest::prepare, held.site());
        for (String agent : List.of(SURVIVOR, MORTAL, FROZEN, HASTY)) {
            agents.createAgent(controller, options(agent));
            workDirectories.add(Path.of(controller.runRemotely(KilledControllerTest::workDirectory, agent)));
        }
        for (String agent : List.of(SURVIVOR, MORTAL)) {
            held.hold(agent, false);
            begin(agent, FlowDurabilityHint.MAX_SURVIVABILITY, node(agent, held.pipeline(agent)));
        }
        begin(HASTY, FlowDurabilityHint.PERFORMANCE_OPTIMIZED, node(HASTY, HeldSteps.BLOCK + " { input 'wait' }"));
        begin(FROZEN, FlowDurabilityHint.MAX_SURVIVABILITY, node(FROZEN, """
                parallel(
                    leaving: { %1$s { input 'leave' }
                        echo 'result leaving' },
                    entering: { input 'enter'
                        %1$s { echo "result entering=${%2$s}" } })
                """.formatted(
                        HeldSteps.BLOCK, HeldSteps.LOGINS)));
        controller.runRemotely(KilledControllerTest::awaitInputs);
        held.awaitHeld(SURVIVOR, MORTAL);
        try (Frozen ignored = freeze()) {
            controller.runRemotely(KilledControllerTest::passInputs);

            kill();

            agents.stop(MORTAL);
            // The frozen agent may have a pending request to remove one of its directories, which it does when it
            // resumes.
            assertThat(directories()).hasSizeGreaterThanOrEqualTo(4);
        }
        assertNoSecretElsewhere();
        controller.startJenkins();
        agents.start(controller, options(MORTAL));
        controller.runRemotely(KilledControllerTest::awaitEnds);
        for (String agent : List.of(SURVIVOR, MORTAL)) {
            String log = log(agent);
            for (String name : held.names(agent)) {
                assertThat(log).containsOnlyOnce("result " + name + "=");
            }
            assertThat(log).contains("result find=2026.1.2", "result inside=1", "result prune=1");
            assertThat(held.registry().tags(agent + "/promote"))
                    .containsExactly("2026.1.1", "2026.1.2", "2026.1.2-rc", "latest");
            assertThat(held.registry().digestOf(agent + "/promote", "latest")).contains(HeldSteps.NEW);
        }
        assertThat(log(FROZEN)).containsOnlyOnce("result leaving").containsOnlyOnce("result entering=1");
        awaitNoDirectory();
        assertThat(controller.getHome().toPath().resolve(IsolatedDirectories.class.getName()))
                .isEmptyDirectory();
        assertNoSecretElsewhere();
    }

    private static void prepare(JenkinsRule jenkins, HeldSteps.Site site) throws Throwable {
        site.configure();
        Setup.addLogin("hub", "ci", Pipelines.PASSWORD);
    }

    private static InboundAgentExtension.Options options(String agent) {
        return InboundAgentExtension.Options.newBuilder()
                .name(agent)
                .label(agent)
                .webSocket()
                .javaOptions(QUICK_START)
                .build();
    }

    private static String workDirectory(JenkinsRule jenkins, String agent) {
        return ((Slave) jenkins.jenkins.getNode(agent)).getRemoteFS();
    }

    private static String node(String label, String body) {
        return "node('" + label + "') {\n" + body + "\n}";
    }

    private void begin(String name, FlowDurabilityHint durability, String script) throws Throwable {
        controller.runRemotely(KilledControllerTest::schedule, name, durability, script);
    }

    private static void schedule(JenkinsRule jenkins, String name, FlowDurabilityHint durability, String script)
            throws Throwable {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        job.addProperty(new DurabilityHintJobProperty(durability));
        job.setDefinition(new CpsFlowDefinition(script, true));
        job.scheduleBuild2(0).waitForStart();
    }

    private static WorkflowRun build(JenkinsRule jenkins, String job) {
        return jenkins.jenkins.getItemByFullName(job, WorkflowJob.class).getBuildByNumber(1);
    }

    private static List<InputStepExecution> inputs(WorkflowRun run) throws Exception {
        InputAction action = run.getAction(InputAction.class);
        return action == null ? List.of() : action.getExecutions();
    }

    private static void awaitInputs(JenkinsRule jenkins) throws Throwable {
        Waiting.until(
                "three questions",
                () -> inputs(build(jenkins, FROZEN)).size() == 2
                        && inputs(build(jenkins, HASTY)).size() == 1);
    }

    /**
     * Continues both inputs, and waits until one block is being entered and the other one left, on a suspended agent.
     */
    private static void passInputs(JenkinsRule jenkins) throws Throwable {
        WorkflowRun run = build(jenkins, FROZEN);
        for (InputStepExecution input : List.copyOf(inputs(run))) {
            input.proceed(null);
        }
        List<String> blocks = List.of("creating a Docker configuration", "removing the Docker configuration");
        Waiting.until(
                "one block that is entered and one that is left",
                () -> run.getExecution().getCurrentExecutions(false).get().stream()
                        .map(StepExecution::getStatus)
                        .toList()
                        .containsAll(blocks));
    }

    private void kill() throws InterruptedException {
        Process process = controller.getProcess();
        controller.stopJenkinsForcibly();
        process.waitFor();
    }

    private static Frozen freeze() throws Exception {
        return new Frozen(ProcessHandle.current()
                .children()
                .filter(child ->
                        child.info().arguments().map(List::of).orElse(List.of()).contains(FROZEN))
                .findFirst()
                .orElseThrow()
                .pid());
    }

    private static void awaitEnds(JenkinsRule jenkins) throws Throwable {
        for (String job : List.of(SURVIVOR, MORTAL, FROZEN)) {
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build(jenkins, job)));
        }
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build(jenkins, HASTY)));
    }

    private String log(String job) throws IOException {
        return Files.readString(controller.getHome().toPath().resolve("jobs/" + job + "/builds/1/log"));
    }

    private List<Path> directories() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path workDirectory : workDirectories) {
            found.addAll(Pipelines.directories(workDirectory));
        }
        return found;
    }

    private void awaitNoDirectory() throws Exception {
        Waiting.until("the last directory to go", () -> directories().isEmpty());
    }

    /** Only the directories with the logins may contain secrets. */
    private void assertNoSecretElsewhere() throws IOException {
        String login = Base64.getEncoder().encodeToString(("ci:" + Pipelines.PASSWORD).getBytes(UTF_8));
        List<Path> places = new ArrayList<>(workDirectories);
        places.add(controller.getHome().toPath());
        for (Path place : places) {
            assertThat(SecretSearch.filesHolding(place, Pipelines.PASSWORD, login))
                    .allMatch(file -> Pipelines.isDirectory(file.getParent()));
        }
    }
}
