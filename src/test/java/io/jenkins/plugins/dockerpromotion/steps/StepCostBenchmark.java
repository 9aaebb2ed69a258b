package io.jenkins.plugins.dockerpromotion.steps;

import com.sun.management.OperatingSystemMXBean;
import hudson.remoting.Channel;
import hudson.remoting.Command;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import io.jenkins.plugins.dockerpromotion.testing.DockerRegistryProcess;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import jenkins.security.MasterToSlaveCallable;
import org.jenkinsci.plugins.workflow.actions.TimingAction;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graphanalysis.LinearScanner;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Measures the cost of a step in a real Pipeline on an agent, compared with {@code sh} with curl and jq or with skopeo.
 * The registry runs in its own process, so that the controller process does nothing else. Not a test: {@code bin/bench}
 * runs it.
 */
@WithController
@Timeout(1800)
class StepCostBenchmark {

    private static final String REPOSITORY = "app/one";
    private static final int TAGS = 200;
    private static final int TIMES = 20;

    /** The ways to do it in a Pipeline. {@code %HOST%} is replaced by the registry. */
    private static final Map<String, String> FIND = ways(
            "findTagForBuild(image: '%HOST%/app/one', build: 1100)",
            "sh(returnStdout: true, script: 'curl -sf http://%HOST%/v2/app/one/tags/list | jq -r .tags[]"
                    + " | grep -E \"^[0-9]+[.][0-9]+[.]1100$\"')",
            "sh(returnStdout: true, script: 'skopeo list-tags --tls-verify=false docker://%HOST%/app/one"
                    + " | jq -r .Tags[] | grep -E \"^[0-9]+[.][0-9]+[.]1100$\"')");

    private static final Map<String, String> PROMOTE = ways(
            "promoteImage(image: '%HOST%/app/one', tag: '2026.47.1100', to: ['rc-' + i, 'b-' + i])",
            "sh(script: 'set -e; M=http://%HOST%/v2/app/one/manifests; T=application/vnd.docker.distribution.manifest.v2+json;"
                    + " curl -sf -H \"Accept: $T\" -o manifest $M/2026.47.1100; for t in c-' + i + ' d-' + i + '; do"
                    + " curl -sf -H \"Content-Type: $T\" -T manifest $M/$t; done')",
            "sh(script: 'set -e; for t in e-' + i + ' f-' + i + '; do skopeo copy -q --all --src-tls-verify=false"
                    + " --dest-tls-verify=false docker://%HOST%/app/one:2026.47.1100 docker://%HOST%/app/one:$t; done')");

    private JenkinsRule jenkins;
    private String host;
    private final StringBuilder goals = new StringBuilder();

    private static Map<String, String> ways(String own, String curl, String skopeo) {
        Map<String, String> ways = new LinkedHashMap<>();
        ways.put("this plugin", own);
        ways.put("sh, curl and jq", curl);
        ways.put("sh, skopeo", skopeo);
        return ways;
    }

    @Test
    void measure(JenkinsRule rule) throws Exception {
        jenkins = rule;
        jenkins.jenkins.setNumExecutors(0);
        StringBuilder report = new StringBuilder("\n## A step's cost in Jenkins\n\n");
        try (DockerRegistryProcess registry = DockerRegistryProcess.builder().start()) {
            host = registry.host();
            fill();
            DockerPromotionConfiguration.get()
                    .setRegistries(List.of(
                            new RegistryConfiguration(host, registry.uri().toString())));
            DumbSlave agent = jenkins.createOnlineSlave(hudson.model.Label.get("agent"));
            report.append(firstCall(agent));
            report.append(table("find a build among " + TAGS + " tags", FIND));
            report.append(table("promote to two tags", PROMOTE));
        }
        System.out.println(report);
        write("steps", report, goals);
    }

    /** Writes the report to the directory that {@code bin/bench} reads. */
    static void write(String part, CharSequence report, CharSequence goals) throws IOException {
        Path directory = Files.createDirectories(Path.of("target/bench"));
        Files.writeString(directory.resolve(part + ".md"), report);
        Files.writeString(directory.resolve(part + ".goals"), goals);
    }

    private void goal(String what, String aim, double figure, boolean reached) {
        goals.append(
                String.format(Locale.ROOT, "| %s | %s | %.2f | %s |%n", what, aim, figure, reached ? "yes" : "**no**"));
    }

    private void fill() throws Exception {
        try (InMemoryRegistry origin = InMemoryRegistry.start()) {
            origin.push(REPOSITORY, "1", TestImage.docker(1));
            PromotionRequest copy = PromotionRequest.of(
                    ImageName.parse(origin.host() + "/" + REPOSITORY),
                    new Tag("1"),
                    ImageName.parse(host + "/" + REPOSITORY),
                    IntStream.range(1000, 1000 + TAGS)
                            .mapToObj(build -> "2026.47." + build)
                            .toList(),
                    new PromotionRequest.Options(false, false, false));
            copy.with(RegistryAuthentication.ANONYMOUS, RegistryAuthentication.ANONYMOUS)
                    .run(new RegistryContext(Network.usual(), Timekeeper.SYSTEM, Notices.NONE));
        }
    }

    /** Measures the first call on an agent, which loads the classes over the channel. */
    private String firstCall(DumbSlave agent) throws Exception {
        // Do not count the classes that every Pipeline loads.
        times("echo 'warm'; isUnix(); pwd()", 1);
        Channel channel = (Channel) agent.getChannel();
        AtomicLong bytes = new AtomicLong();
        channel.addListener(new Channel.Listener() {
            @Override
            public void onWrite(Channel sent, Command command, long size) {
                bytes.addAndGet(size);
            }
        });
        int classesBefore = channel.call(new LoadedClasses());
        long[] first = times(FIND.get("this plugin"), 1);
        int classes = channel.call(new LoadedClasses()) - classesBefore;
        long[] later = times(FIND.get("this plugin"), 5);
        long[] promote = times(PROMOTE.get("this plugin"), 1);
        int all = channel.call(new LoadedClasses()) - classesBefore;
        goal(
                "First call of a step on a fresh agent: seconds more than a later one",
                "less than 1.5",
                (first[0] - median(later)) / 1e3,
                first[0] - median(later) < 1500);
        return String.format(
                Locale.ROOT,
                "First call on a fresh agent: `findTagForBuild` %d ms, later %d ms; %d classes asked for over the channel,"
                        + " %d kB sent to the agent in all. Then the first `promoteImage`: %d ms, %d classes more.%n%n",
                first[0],
                median(later),
                classes,
                bytes.get() / 1000,
                promote[0],
                all - classes);
    }

    private String table(String title, Map<String, String> ways) throws Exception {
        StringBuilder table = new StringBuilder("### Later calls: " + title + "\n\n");
        table.append("| | wall time, median | ratio | controller's CPU time a call |\n|---|--:|--:|--:|\n");
        double own = 0;
        for (Map.Entry<String, String> way : ways.entrySet()) {
            times(way.getValue(), 3);
            long cpu = cpu();
            long median = median(times(way.getValue(), TIMES));
            cpu = (cpu() - cpu) / TIMES;
            own = own == 0 ? median : own;
            if (median != own) {
                goal(
                        "Later calls, " + title + ": times faster than `" + way.getKey() + "`",
                        "at least 3",
                        median / own,
                        median / own >= 3);
            }
            table.append(String.format(
                    Locale.ROOT, "| %s | %d ms | %.2f | %.1f ms |%n", way.getKey(), median, median / own, cpu / 1e6));
        }
        return table.append('\n').toString();
    }

    /** Returns the duration of each call in one build, in milliseconds. */
    private long[] times(String call, int count) throws Exception {
        String unique = Long.toString(System.nanoTime(), 36);
        WorkflowJob job = Pipelines.job(
                jenkins,
                "for (int n = 0; n < " + count + "; n++) { def i = '" + unique + "-' + n\necho 'begin'\n"
                        + call.replace("%HOST%", host) + "\necho 'end' }");
        WorkflowRun run = jenkins.buildAndAssertSuccess(job);
        List<Long> begins = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        for (FlowNode node : new LinearScanner().allNodes(run.getExecution())) {
            if (node.getDisplayFunctionName().equals("echo")) {
                String said = org.jenkinsci.plugins.workflow.actions.ArgumentsAction.getStepArgumentsAsString(node);
                (said.equals("begin") ? begins : said.equals("end") ? ends : new ArrayList<Long>())
                        .add(TimingAction.getStartTime(node));
            }
        }
        return IntStream.range(0, count)
                .mapToLong(n -> ends.get(count - 1 - n) - begins.get(count - 1 - n))
                .toArray();
    }

    private static long median(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return Math.max(1, sorted[sorted.length / 2]);
    }

    private static long cpu() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private static final class LoadedClasses extends MasterToSlaveCallable<Integer, RuntimeException> {
        private static final long serialVersionUID = 1L;

        @Override
        public Integer call() {
            return Channel.current().classLoadingCount.get();
        }
    }
}
