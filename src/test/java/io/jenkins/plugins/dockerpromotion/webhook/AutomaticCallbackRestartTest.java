package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hudson.Util;
import hudson.model.Result;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.steps.GateStep;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import java.io.File;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class AutomaticCallbackRestartTest {

    @RegisterExtension
    private final JenkinsSessionExtension session = new JenkinsSessionExtension();

    private final InMemoryDockerHub hub = InMemoryDockerHub.builder()
            .tls(TestCertificates.shared().serverContext())
            .start();

    @AfterEach
    void close() {
        hub.close();
    }

    @Test
    void answersAfterARestartWhatWasNotAnsweredBefore() throws Throwable {
        session.then(jenkins -> {
            configure();
            jenkins.jenkins.setQuietPeriod(0);
            WorkflowRun ends =
                    push(jenkins, "two", "echo 'good'", "gate 'open'").get(0);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(ends));
            push(jenkins, "vanishes", "gate 'vanishes'");
            GateStep.waitFor("open");
            GateStep.waitFor("vanishes");
            assertThat(SecretSearch.filesHolding(session.getHome().toPath(), "2141b5bi5i5b02bec211i4eeih0242eg"))
                    .isEmpty();
        });
        assertThat(hub.callbacks()).isEmpty();
        Util.deleteRecursive(new File(session.getHome(), "jobs/vanishes-0/builds/1"));
        session.then(jenkins -> {
            JsonNode vanished = awaitCallback(1);
            assertThat(vanished.get("state").asText()).isEqualTo("error");
            assertThat(vanished.get("description").asText()).isEqualTo("a deleted build: NOT_BUILT");

            GateStep.open("open");

            JsonNode both = awaitCallback(2);
            assertThat(both.get("state").asText()).isEqualTo("success");
            assertThat(both.get("description").asText()).isEqualTo("two-0 #1: SUCCESS, two-1 #1: SUCCESS");
        });
        session.then(jenkins -> {
            WorkflowRun next = push(jenkins, "next", "error 'broken'").get(0);
            jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(next));

            assertThat(awaitCallback(3).get("description").asText()).isEqualTo("next-0 #1: FAILURE");
        });
    }

    @Test
    void aStepSendsAgainAfterARestartWhatHadNoAnswerBefore() throws Throwable {
        hub.onRequest(r -> r.method().equals("POST"), Fault.hang());
        session.then(jenkins -> {
            configure();
            jenkins.jenkins.setQuietPeriod(0);
            WorkflowJob job = jenkins.createProject(WorkflowJob.class, "told");
            job.setDefinition(new CpsFlowDefinition("echo \"taken ${notifyDockerHub(state: 'success')}\"", true));
            Webhooks.listen(job, "technolog/told", false);
            Webhooks.deliver(jenkins, "technolog/told", "1.0", hub.callbackUrl("technolog/told"));
            hub.requests().await(r -> r.method().equals("POST"));
        });
        assertThat(hub.callbacks()).isEmpty();
        session.then(jenkins -> {
            WorkflowRun run = Webhooks.build(jenkins.jenkins.getItemByFullName("told", WorkflowJob.class), 1);

            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));

            jenkins.assertLogContains("taken true", run);
            assertThat(hub.callbacks()).hasSize(1);
        });
    }

    private JsonNode awaitCallback(int number) {
        hub.requests().await(r -> hub.callbacks().size() >= number);
        assertThat(hub.callbacks()).hasSize(number);
        return hub.callbacks().get(number - 1);
    }

    private void configure() throws Exception {
        RegistryConfiguration place =
                new RegistryConfiguration("docker.io", hub.registry().uri().toString());
        place.setApiAddress(hub.uri().toString());
        place.setCertificateAuthority(Files.readString(TestCertificates.shared().caPem()));
        DockerPromotionConfiguration.get().setRegistries(List.of(place));
        DockerPromotionConfiguration.get().setCallbackHosts(hub.host());
    }

    private List<WorkflowRun> push(JenkinsRule jenkins, String name, String... scripts) throws Exception {
        List<WorkflowJob> jobs = new ArrayList<>();
        for (String script : scripts) {
            WorkflowJob job = jenkins.createProject(WorkflowJob.class, name + "-" + jobs.size());
            job.setDefinition(new CpsFlowDefinition(script, true));
            Webhooks.listen(job, "technolog/" + name, true);
            jobs.add(job);
        }
        Webhooks.deliver(jenkins, "technolog/" + name, "1.0", hub.callbackUrl("technolog/" + name));
        List<WorkflowRun> runs = new ArrayList<>();
        for (WorkflowJob job : jobs) {
            runs.add(Webhooks.build(job, 1));
        }
        return runs;
    }
}
