package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Label;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class ImageVersionRestartTest {

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private InMemoryRegistry registry;

    @BeforeEach
    void openRegistry() {
        registry = InMemoryRegistry.builder()
                .bearer()
                .user("ci", Pipelines.PASSWORD)
                .start();
        registry.push("group/app", "latest", TestImage.docker(1));
        registry.push("group/slow", "latest", TestImage.docker(1));
    }

    @AfterEach
    void closeRegistry() {
        registry.close();
    }

    @Test
    void theMomentAndTheVersionOfABuildOutliveARestart() throws Throwable {
        registry.onRequest(RecordedRequest.matching("GET", "/v2/group/slow/tags/list"), Fault.hang());
        sessions.then(jenkins -> {
            Pipelines.prepare(jenkins);
            jenkins.createOnlineSlave(Label.get("agent"));
            setTime(jenkins, "2026-12-31T23:59:59Z");
            begin(jenkins, "slow", "echo \"version <${imageVersion(" + parameters("slow") + ")}>\"");
            registry.requests().await(RecordedRequest.matching("GET", "/v2/group/slow/tags/list"));
            begin(
                    jenkins,
                    "app",
                    "echo \"first <${imageVersion(" + parameters("app") + ")}>\"\ngate 'pushed'\n"
                            + "echo \"again <${imageVersion(" + parameters("app") + ")}>\"");
            GateStep.waitFor("pushed");
        });
        registry.push("group/app", "2026.53.7", TestImage.docker(1));
        sessions.then(jenkins -> {
            setTime(jenkins, "2027-01-11T00:00:00Z");
            jenkins.assertLogContains("version <2026.53.7>", end(jenkins, "slow"));
            GateStep.open("pushed");
            WorkflowRun run = end(jenkins, "app");
            jenkins.assertLogContains("first <2026.53.7>", run);
            jenkins.assertLogContains("again <2026.53.7>", run);
            assertThat(Path.of(jenkins.jenkins.getRootDir().getPath(), VersionReservations.class.getName() + ".xml"))
                    .content()
                    .contains("group/app", "group/slow", "2026.53.7")
                    .doesNotContain(Pipelines.PASSWORD);
            assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();

            begin(jenkins, "other", "imageVersion(" + parameters("app") + ")");
            WorkflowRun other = jenkins.waitForCompletion(jenkins.jenkins
                    .getItemByFullName("other", WorkflowJob.class)
                    .getLastBuild());
            jenkins.assertLogContains("build 7 has the version 2026.53.7 already", other);
        });
    }

    private String parameters(String repository) {
        return "image: '%s/group/%s', build: 7, credentialsId: 'hub'".formatted(registry.host(), repository);
    }

    private static void setTime(JenkinsRule jenkins, String moment) {
        jenkins.jenkins
                .getDescriptorByType(ImageVersionStep.DescriptorImpl.class)
                .setClock(Clock.fixed(Instant.parse(moment), ZoneOffset.UTC));
    }

    private static void begin(JenkinsRule jenkins, String name, String body) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition("node('agent') {\n" + body + "\n}", true));
        job.scheduleBuild2(0).waitForStart();
    }

    private static WorkflowRun end(JenkinsRule jenkins, String name) throws Exception {
        WorkflowJob job = jenkins.jenkins.getItemByFullName(name, WorkflowJob.class);
        return jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(job.getLastBuild()));
    }
}
