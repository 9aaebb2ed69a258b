package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.Result;
import hudson.model.TaskListener;
import hudson.remoting.VirtualChannel;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.dockerpromotion.attachment.Inspection;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.IOException;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import jenkins.security.MasterToSlaveCallable;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Concurrent builds are isolated from each other and leave nothing behind. */
@WithController
class ManyBuildsTest {

    private static final int BUILDS = 100;
    private static final int OPERATIONS = 600;
    private static final int WARM = 100;

    /**
     * Tolerance for threads and classes of Jenkins and the JDK. A leak in one of the three operations would add one per
     * call of it, a third of all calls.
     */
    private static final int CHANCE = (OPERATIONS - WARM) / 4;

    private InMemoryRegistry registry;

    @BeforeEach
    void open() {
        registry = Pipelines.registry();
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void aHundredBuildsOnTwoAgentsDoNotCross(JenkinsRule jenkins) throws Exception {
        prepare(jenkins);
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "job");
        job.setConcurrentBuild(true);
        job.setDefinition(new CpsFlowDefinition("""
                def n = currentBuild.number
                node('agent') {
                    isolatedDockerConfig(inherit: false, registry: "r${n}.example.com", credentialsId: "c${n}") {
                        gate "inside ${n}"
                        echo "mine is ${env.DOCKER_CONFIG}"
                        promoteImage(image: '%s/group/app', tag: "1.${n}", to: ['release', "mine-${n}"], credentialsId: 'hub')
                    }
                }
                """.formatted(registry.host()), true));
        List<WorkflowRun> runs = new ArrayList<>();
        for (int n = 1; n <= BUILDS; n++) {
            runs.add(job.scheduleBuild2(0).waitForStart());
        }
        for (int n = 1; n <= BUILDS; n++) {
            GateStep.waitFor("inside " + n);
        }
        // All builds are inside the block now.
        List<Path> directories = directories(jenkins);
        assertThat(directories).hasSize(BUILDS);
        Map<String, Path> byLogin = new HashMap<>();
        for (Path directory : directories) {
            byLogin.put(logins(directory), directory);
        }
        for (int n = 1; n <= BUILDS; n++) {
            GateStep.open("inside " + n);
        }
        int winner = 0;
        for (int n = 1; n <= BUILDS; n++) {
            WorkflowRun run = jenkins.waitForCompletion(runs.get(n - 1));
            String log = JenkinsRule.getLog(run);
            String own = login(n);
            assertThat(byLogin).containsKey(own);
            assertThat(log.lines()).contains("mine is " + byLogin.get(own));
            if (run.getResult() == Result.SUCCESS) {
                assertThat(winner).as("of two builds that won, the other").isZero();
                winner = n;
            } else {
                assertThat(run.getResult()).isEqualTo(Result.FAILURE);
                assertThat(log.lines().filter(line -> line.startsWith("ERROR: ")))
                        .singleElement()
                        .asString()
                        .startsWith("ERROR: Cannot promote " + registry.host() + "/group/app:1." + n)
                        .contains("other images already have release (", "nothing was changed");
            }
        }
        assertThat(winner).isPositive();
        assertThat(registry.digestOf("group/app", "release"))
                .contains(TestImage.oci(winner).digest());
        // A promotion is atomic: the losers must not have created any target tag.
        assertThat(registry.tags("group/app"))
                .filteredOn(tag -> tag.startsWith("mine-"))
                .containsExactly("mine-" + winner);
        assertThat(directories(jenkins)).isEmpty();
        assertThat(registry.openUploads()).isZero();
        assertThat(RepositoryLocks.get().count()).isZero();
    }

    private void prepare(JenkinsRule jenkins) throws Exception {
        Pipelines.prepare(jenkins);
        jenkins.createOnlineSlave(Label.get("agent"));
        jenkins.jenkins.setQuietPeriod(0);
        Setup.setExecutors(jenkins, BUILDS);
        List<Credentials> credentials = SystemCredentialsProvider.getInstance().getCredentials();
        for (int n = 1; n <= BUILDS; n++) {
            credentials.add(new UsernamePasswordCredentialsImpl(
                    CredentialsScope.GLOBAL, "c" + n, "", "user" + n, "password-" + n));
            registry.push("group/app", "1." + n, TestImage.oci(n));
        }
        SystemCredentialsProvider.getInstance().save();
    }

    private static String login(int n) {
        String pair = "user" + n + ":password-" + n;
        return "r" + n + ".example.com=" + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))
                + "\n";
    }

    /** Returns all logins in the config.json of the directory. */
    private static String logins(Path directory) throws IOException {
        StringBuilder logins = new StringBuilder();
        JsonNode auths = new ObjectMapper()
                .readTree(directory.resolve("config.json").toFile())
                .get("auths");
        auths.fields().forEachRemaining(login -> {
            if (!login.getValue().isEmpty()) {
                logins.append(
                        login.getKey() + "=" + login.getValue().get("auth").asText() + "\n");
            }
        });
        return logins.toString();
    }

    private static List<Path> directories(JenkinsRule jenkins) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Node node : jenkins.jenkins.getNodes()) {
            found.addAll(Pipelines.directories(Path.of(((DumbSlave) node).getRemoteFS())));
        }
        return found;
    }

    @Test
    void hundredsOfOperationsLeaveNothingOnAnAgent(JenkinsRule jenkins) throws Exception {
        VirtualChannel agent = jenkins.createOnlineSlave().getChannel();
        registry.push("group/app", "1.0", TestImage.oci(1));
        Footprint warm = null;
        for (int n = 1; n <= OPERATIONS; n++) {
            agent.call(call(n));
            if (n == WARM) {
                warm = agent.call(new ReadFootprint());
            }
        }
        Footprint last = agent.call(new ReadFootprint());

        assertThat(last.loadedClasses()).isLessThan(warm.loadedClasses() + CHANCE);
        assertThat(last.clientThreads()).isLessThan(warm.clientThreads() + CHANCE);
        assertThat(last.threads()).isLessThan(warm.threads() + CHANCE);
        assertThat(last.underWay()).isZero();
        assertThat(Thread.getAllStackTraces().keySet())
                .as("threads of a client on the controller")
                .noneMatch(thread -> thread.getName().startsWith("HttpClient-"));
    }

    private AgentCall<?> call(int n) {
        ImageName image = ImageName.parse(registry.host() + "/group/app");
        Tag tag = new Tag("1.0");
        RegistryAuthentication login = new RegistryAuthentication.Basic("ci", Pipelines.PASSWORD);
        return switch (n % 3) {
            case 0 -> sent(new TagQuery(image, Optional.empty(), 10).with(login));
            case 1 -> sent(new Inspection(ImageReference.tagged(image, tag), true, login));
            default ->
                sent(PromotionRequest.of(
                                image, tag, image, List.of("latest"), new PromotionRequest.Options(false, false, false))
                        .with(login, login));
        };
    }

    private static <T extends Serializable> AgentCall<T> sent(Operation<T> operation) {
        return new AgentCall<>(
                UUID.randomUUID(),
                "work",
                operation,
                DockerPromotionConfiguration.get().network(),
                TaskListener.NULL,
                new AgentCall.Memory(Map.of(), facts -> {}));
    }

    private record Footprint(int loadedClasses, long threads, long clientThreads, int underWay)
            implements Serializable {}

    private static final class ReadFootprint extends MasterToSlaveCallable<Footprint, ReflectiveOperationException> {
        private static final long serialVersionUID = 1L;

        @Override
        public Footprint call() throws ReflectiveOperationException {
            Field running = AgentCall.class.getDeclaredField("RUNNING");
            running.setAccessible(true);
            List<String> threads = Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .toList();
            return new Footprint(
                    ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
                    threads.size(),
                    threads.stream()
                            .filter(name -> name.startsWith("HttpClient-"))
                            .count(),
                    ((Map<?, ?>) running.get(null)).size());
        }
    }
}
