package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.EnvVars;
import hudson.model.Label;
import hudson.slaves.DumbSlave;
import hudson.slaves.WorkspaceList;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** Restarts the controller once while several steps are running. */
class RestartTest {

    private static final String BLOCK_JOB = "block";
    private static final String TOKEN = "dckr_pat_4f9QQkkZz0";

    /** Builds the token at run time. A literal would also be in the saved script, which would look like a leak. */
    private static final String SECRETS = """
            @NonCPS def token() { 'dckr_pat' + '_4f9QQ' + 'kkZz0' }
            io.jenkins.plugins.dockerpromotion.credentials.BuildSecrets.mask(currentBuild.rawBuild, token())
            gate 'masked'
            echo "plain ${token()}"
            """;

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @TempDir
    private Path agentConfig;

    private final InMemoryRegistry registry = Pipelines.registry();

    @AfterEach
    void closeRegistry() {
        registry.close();
    }

    @Test
    void stepsGoOnAfterARestart() throws Throwable {
        String promoted = registry.push("group/app", "1.0", TestImage.docker(1));
        registry.push("group/app", "latest", TestImage.docker(2));
        String deleted = registry.push("group/old", "1", TestImage.oci(1));
        registry.push("group/new", "latest", TestImage.docker(1));
        registry.push("group/slow", "latest", TestImage.docker(1));
        // The tags move, but Jenkins stops before the response arrives.
        registry.onRequest(
                r -> {
                    boolean move = RecordedRequest.matching("PUT", "/v2/group/app/manifests/latest")
                            .test(r);
                    if (move) {
                        registry.push("group/app", "latest", TestImage.docker(1));
                    }
                    return move;
                },
                Fault.hang());
        registry.onRequest(RecordedRequest.matching("GET", "/v2/group/slow/tags/list"), Fault.hang());
        // The registry deletes the tag, but Jenkins stops before the response arrives.
        registry.onRequest(
                r -> {
                    boolean deletion = r.method().equals("DELETE");
                    if (deletion) {
                        registry.deleteTag("group/old", "1");
                    }
                    return deletion;
                },
                Fault.hang());
        sessions.then(jenkins -> {
            Pipelines.prepare(jenkins);
            Setup.setExecutors(jenkins, 4);
            jenkins.createSlave(Label.get("docker"), new EnvVars("DOCKER_CONFIG", agentConfig.toString()));
            setTime(jenkins, "2026-12-31T23:59:59Z");
            begin(
                    jenkins,
                    "promotion",
                    "agent",
                    "promoteImages(images: [[" + image("app") + ", tag: '1.0']], to: ['{tag}-rc', 'latest'])");
            begin(jenkins, "deletion", "agent", "echo \"was <${deleteImageTag(" + image("old") + ", tag: '1')}>\"");
            begin(jenkins, "slow", "agent", "echo \"version <${" + version("slow") + "}>\"");
            begin(
                    jenkins,
                    "version",
                    "agent",
                    "echo \"first <${" + version("new") + "}>\"\ngate 'pushed'\necho \"again <${" + version("new")
                            + "}>\"");
            begin(
                    jenkins,
                    BLOCK_JOB,
                    "docker",
                    "isolatedDockerConfig(registry: 'registry.example.com', credentialsId: 'hub') {\n"
                            + "gate 'inside'\nsh 'cat \"$DOCKER_CONFIG/config.json\"'\n}");
            WorkflowJob secrets = jenkins.createProject(WorkflowJob.class, "secrets");
            secrets.setDefinition(new CpsFlowDefinition(SECRETS, false));
            WorkflowRun masked = secrets.scheduleBuild2(0).waitForStart();
            GateStep.waitFor("masked");
            assertThat(Files.readString(masked.getRootDir().toPath().resolve("build.xml")))
                    .contains("credentials.BuildSecrets>");
            assertThat(Pipelines.filesHolding(masked, TOKEN)).isEmpty();
            registry.requests().await(RecordedRequest.matching("PUT", "/v2/group/app/manifests/latest"));
            registry.requests().await(r -> r.method().equals("DELETE"));
            registry.requests().await(RecordedRequest.matching("GET", "/v2/group/slow/tags/list"));
            GateStep.waitFor("pushed");
            GateStep.waitFor("inside");
            for (WorkflowJob job : jenkins.jenkins.getAllItems(WorkflowJob.class)) {
                assertThat(Pipelines.filesHolding(job.getLastBuild(), Pipelines.PASSWORD))
                        .isEmpty();
            }
        });
        registry.push("group/new", "2026.53.7", TestImage.docker(1));
        sessions.then(jenkins -> {
            setTime(jenkins, "2027-01-11T00:00:00Z");
            end(jenkins, "promotion");
            assertThat(registry.digestOf("group/app", "latest")).contains(promoted);
            assertThat(registry.digestOf("group/app", "1.0-rc")).contains(promoted);
            begin(jenkins, "back", "agent", "rollbackImage(" + image("app") + ", tag: 'latest')");
            end(jenkins, "back");
            assertThat(registry.digestOf("group/app", "latest"))
                    .as("what it was before the restart")
                    .contains(TestImage.docker(2).digest());

            WorkflowRun deletion = end(jenkins, "deletion");
            jenkins.assertLogContains("/group/old:1 no longer exists: it was deleted in the meantime", deletion);
            jenkins.assertLogContains("was <" + deleted + ">", deletion);

            jenkins.assertLogContains("version <2026.53.7>", end(jenkins, "slow"));
            GateStep.waitFor("pushed");
            GateStep.open("pushed");
            WorkflowRun versions = end(jenkins, "version");
            jenkins.assertLogContains("first <2026.53.7>", versions);
            jenkins.assertLogContains("again <2026.53.7>", versions);
            begin(jenkins, "other", "agent", version("new"));
            WorkflowRun other = jenkins.waitForCompletion(last(jenkins, "other"));
            jenkins.assertLogContains("build 7 already has the version 2026.53.7", other);

            GateStep.waitFor("inside");
            GateStep.open("inside");
            WorkflowRun block = end(jenkins, BLOCK_JOB);
            jenkins.assertLogContains("\"auth\" : \"****\"", block);
            DumbSlave agent = (DumbSlave)
                    jenkins.jenkins.getLabel("docker").getNodes().iterator().next();
            assertThat(Path.of(WorkspaceList.tempDir(agent.getWorkspaceFor(block.getParent()))
                            .getRemote()))
                    .isDirectoryNotContaining("glob:**/docker-*");
            GateStep.waitFor("masked");
            GateStep.open("masked");
            WorkflowRun masked = end(jenkins, "secrets");
            jenkins.assertLogContains("plain ****", masked);
            jenkins.waitUntilNoActivity();
            assertThat(Files.readString(masked.getRootDir().toPath().resolve("build.xml")))
                    .as("the secrets are forgotten when the build has ended")
                    .doesNotContain("credentials.BuildSecrets>");
            assertThat(RepositoryLocks.get().count()).isZero();
        });
    }

    private String image(String repository) {
        return "image: '%s/group/%s', credentialsId: 'hub'".formatted(registry.host(), repository);
    }

    private String version(String repository) {
        return "imageVersion(" + image(repository) + ", build: 7)";
    }

    private static void setTime(JenkinsRule jenkins, String moment) {
        jenkins.jenkins
                .getDescriptorByType(ImageVersionStep.DescriptorImpl.class)
                .setClock(Clock.fixed(Instant.parse(moment), ZoneOffset.UTC));
    }

    private static void begin(JenkinsRule jenkins, String name, String label, String body) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition("node('" + label + "') {\n" + body + "\n}", true));
        job.scheduleBuild2(0).waitForStart();
    }

    private static WorkflowRun last(JenkinsRule jenkins, String name) {
        return jenkins.jenkins.getItemByFullName(name, WorkflowJob.class).getLastBuild();
    }

    private static WorkflowRun end(JenkinsRule jenkins, String name) throws Exception {
        WorkflowRun run = jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(last(jenkins, name)));
        assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
        return run;
    }
}
