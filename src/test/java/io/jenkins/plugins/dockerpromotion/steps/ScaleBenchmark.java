package io.jenkins.plugins.dockerpromotion.steps;

import com.sun.management.OperatingSystemMXBean;
import hudson.model.Computer;
import hudson.model.Label;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Measures the cost of many concurrent promotions on the controller, compared with builds that only wait. Also measures
 * whether a promotion gets slower after many promotions, and with many jobs and tags. The registry and each agent run
 * in their own processes. Not a test: {@code bin/bench} runs it.
 */
@WithController
@Timeout(3600)
class ScaleBenchmark {

    private static final int AGENTS = Integer.getInteger("agents", 20);
    private static final int PROMOTIONS = Integer.getInteger("promotions", 500);
    private static final int JOBS = 2000;
    private static final int TAGS = 100_000;

    private final StringBuilder report = new StringBuilder("\n## At scale\n\n");
    private JenkinsRule jenkins;
    private GatedRegistry registry;

    /**
     * The resources of the controller when idle.
     *
     * @param heap in bytes, after a garbage collection
     */
    private record State(int threads, long heap) {

        static State now() {
            System.gc();
            System.gc();
            return new State(
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
    }

    @Test
    void measure(JenkinsRule rule) throws Exception {
        jenkins = rule;
        jenkins.jenkins.setNumExecutors(0);
        try (GatedRegistry started = GatedRegistry.start(TAGS)) {
            registry = started;
            DockerPromotionConfiguration.get()
                    .setRegistries(List.of(new RegistryConfiguration(registry.host(), "http://" + registry.host())));
            DockerPromotionConfiguration.get().setAnswerTimeout(3600);
            connectAgents();
            manyAtOnce();
            muchOfEverything();
        }
        System.out.println(report);
        StepCostBenchmark.write("scale", report, "");
    }

    private void connectAgents() throws Exception {
        for (int i = 0; i < AGENTS; i++) {
            DumbSlave agent = jenkins.createSlave(Label.get("agent"));
            agent.setNumExecutors((PROMOTIONS + AGENTS - 1) / AGENTS);
        }
        jenkins.jenkins.setNodes(jenkins.jenkins.getNodes());
        for (Computer computer : jenkins.jenkins.getComputers()) {
            computer.connect(false).get();
        }
    }

    private void manyAtOnce() throws Exception {
        String promote = "promoteImage(image: '" + registry.host() + "/" + GatedRegistry.REPOSITORY + "', tag: '"
                + GatedRegistry.TAG + "', to: [\"rc-${n}\"])";
        together(promote, AGENTS);
        report.append(String.format(
                Locale.ROOT,
                "%d builds at once on %d agents (each a Java process of this machine with %d executors) have asked a registry"
                        + " which does not answer. What the controller has then beyond what it has with idle agents, beside"
                        + " builds that wait for nothing:%n%n"
                        + "| builds at once | threads, promoteImage | threads, sleep | heap a build, promoteImage | heap a build,"
                        + " sleep |%n|--:|--:|--:|--:|--:|%n",
                PROMOTIONS,
                AGENTS,
                (PROMOTIONS + AGENTS - 1) / AGENTS));
        for (int count : List.of(PROMOTIONS / 10, PROMOTIONS)) {
            State idle = State.now();
            State promoting = together(promote, count);
            State sleepingFrom = State.now();
            State sleeping = together("sleep 3600", count);
            report.append(String.format(
                    Locale.ROOT,
                    "| %d | %+d | %+d | %.0f kB | %.0f kB |%n",
                    count,
                    promoting.threads - idle.threads,
                    sleeping.threads - sleepingFrom.threads,
                    (promoting.heap - idle.heap) / 1e3 / count,
                    (sleeping.heap - sleepingFrom.heap) / 1e3 / count));
        }
        report.append('\n');
    }

    /** Starts builds, waits until all have reached the step, measures, and lets them finish. */
    private State together(String step, int count) throws Exception {
        boolean promotes = step.startsWith("promote");
        WorkflowJob job = Setup.job(jenkins, "node('agent') { " + step + " }");
        job.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("n", "")));
        registry.shut();
        List<WorkflowRun> runs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            runs.add(job.scheduleBuild2(0, new ParametersAction(new StringParameterValue("n", "" + i)))
                    .waitForStart());
        }
        if (promotes) {
            while (registry.waiting() < count) {
                Thread.sleep(200);
            }
        } else {
            for (WorkflowRun run : runs) {
                jenkins.waitForMessage("Sleeping for", run);
            }
        }
        Thread.sleep(5000);
        State state = State.now();
        registry.open();
        for (WorkflowRun run : runs) {
            if (!promotes) {
                run.doStop();
            }
            jenkins.assertBuildStatus(promotes ? Result.SUCCESS : Result.ABORTED, jenkins.waitForCompletion(run));
        }
        job.delete();
        return state;
    }

    private void muchOfEverything() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        report.append(
                "What a call of `promoteImage` costs:\n\n| | wall time | controller's CPU time |\n|---|--:|--:|\n");
        promotions(job, "one", 100);
        row("a job without history, one tag", promotions(job, "one", 100));
        for (int i = 0; i < 9; i++) {
            promotions(job, "one", 100);
        }
        row("behind 1000 promotions of the job", promotions(job, "one", 100));
        for (int i = 0; i < JOBS; i++) {
            jenkins.createProject(WorkflowJob.class);
        }
        row("with " + JOBS + " other jobs", promotions(job, "one", 100));
        row("in a repository of " + TAGS + " tags", promotions(job, "many", 100));
        report.append('\n');
    }

    private void row(String title, double[] cost) {
        report.append(String.format(Locale.ROOT, "| %s | %.1f ms | %.1f ms |%n", title, cost[0], cost[1]));
    }

    /** Returns the wall time and the CPU time of each promotion in one build, in milliseconds. */
    private double[] promotions(WorkflowJob job, String repository, int count) throws Exception {
        job.setDefinition(new CpsFlowDefinition(
                "node('agent') { for (int i = 0; i < " + count + "; i++) { promoteImage(image: '" + registry.host()
                        + "/app/" + repository + "', tag: '2026.47.1', to: ['moving'], overwrite: true) } }",
                true));
        long cpu = cpu();
        long start = System.nanoTime();
        jenkins.buildAndAssertSuccess(job);
        return new double[] {(System.nanoTime() - start) / 1e6 / count, (cpu() - cpu) / 1e6 / count};
    }

    private static long cpu() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
