package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hudson.model.Queue;
import hudson.model.Result;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.webhook.Webhooks;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jenkinsci.plugins.workflow.cps.CpsFlowExecution;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

@WithController
class NotifyDockerHubStepTest {

    private static final String IMAGE = "technolog/serviceone";
    private static final Predicate<RecordedRequest> CALLBACK = RecordedRequest.matching("POST", "/u/.*");

    private static JenkinsRule jenkins;
    private InMemoryDockerHub hub;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        jenkins.jenkins.setQuietPeriod(0);
    }

    @BeforeEach
    void openHub() throws Exception {
        hub = Pipelines.dockerHubWithCallbacks();
    }

    @AfterEach
    void closeHub() {
        hub.close();
    }

    private static WorkflowJob job(String script) throws Exception {
        return Setup.job(jenkins, script);
    }

    /** Delivers a push webhook that starts these jobs, for an image that no other job listens to. */
    private List<WorkflowRun> push(boolean automatic, WorkflowJob... jobs) throws Exception {
        String image = "technolog/" + jobs[0].getName();
        for (WorkflowJob job : jobs) {
            Webhooks.listen(job, image, automatic);
        }
        Webhooks.deliver(jenkins, image, "1.0", hub.callbackUrl(image));
        List<WorkflowRun> runs = new ArrayList<>();
        for (WorkflowJob job : jobs) {
            runs.add(Webhooks.build(job, 1));
        }
        return runs;
    }

    /** Starts a build by a push, waits for this result, and checks that its log contains these texts. */
    private WorkflowRun pushed(Result result, String script, String... expected) throws Exception {
        WorkflowRun run = ended(push(false, job(script)).get(0), result);
        for (String text : expected) {
            jenkins.assertLogContains(text, run);
        }
        return run;
    }

    private WorkflowRun ended(WorkflowRun run, Result result) throws Exception {
        return jenkins.assertBuildStatus(result, jenkins.waitForCompletion(run));
    }

    private void awaitCallbacks(int count) {
        hub.requests().await(CALLBACK.and(r -> hub.callbacks().size() == count));
    }

    private JsonNode onlyCallback() {
        assertThat(hub.requests().count(CALLBACK)).isEqualTo(1);
        return hub.callbacks().get(0);
    }

    @Test
    void answersThePushWithTheResultSoFar() throws Exception {
        WorkflowRun run = pushed(Result.SUCCESS, "echo \"taken ${notifyDockerHub()}\"", "taken true");

        jenkins.assertLogContains(
                "Reported the build result for the push of technolog/"
                        + run.getParent().getName() + ":1.0: success",
                run);
        JsonNode callback = onlyCallback();
        assertThat(callback.get("state").asText()).isEqualTo("success");
        assertThat(callback.get("description").asText()).isEqualTo(run.getFullDisplayName() + ": success");
        assertThat(callback.get("context").asText())
                .isEqualTo("Jenkins: " + run.getParent().getFullName());
        assertThat(callback.get("target_url").asText()).isEqualTo(jenkins.getURL() + run.getUrl());
        assertThat(Pipelines.filesHolding(run, "2141b5bi5i5b02bec211i4eeih0242eg11000a"))
                .isEmpty();
    }

    @Test
    void tellsAnUnstableBuildFromABrokenOne() throws Exception {
        pushed(Result.UNSTABLE, "currentBuild.result = 'UNSTABLE'\nnotifyDockerHub()");
        pushed(Result.FAILURE, "currentBuild.result = 'FAILURE'\nnotifyDockerHub()");

        assertThat(hub.callbacks()).extracting(c -> c.get("state").asText()).containsExactly("failure", "error");
    }

    @Test
    void saysWhatItIsTold() throws Exception {
        pushed(Result.SUCCESS, "notifyDockerHub(state: 'error', description: 'not today')");

        assertThat(onlyCallback().get("state").asText()).isEqualTo("error");
        assertThat(onlyCallback().get("description").asText()).isEqualTo("not today");
    }

    @Test
    void saysOneLineInABuildThatNoPushStarted() throws Exception {
        WorkflowRun run = jenkins.buildAndAssertSuccess(job("echo \"taken ${notifyDockerHub()}\""));

        jenkins.assertLogContains("No push started this build, so there is nothing to report", run);
        jenkins.assertLogContains("taken false", run);
        assertThat(hub.requests().count()).isZero();
    }

    @Test
    void failsNoBuildWhenNobodyTakesTheAnswer() throws Exception {
        hub.onRequest(CALLBACK, Fault.status(404).always());
        WorkflowRun run = pushed(
                Result.SUCCESS,
                "echo \"taken ${notifyDockerHub()}\"",
                "Cannot report the build result on " + hub.host() + ": it answered 404",
                "taken false");
        jenkins.assertLogNotContains("\tat ", run);
    }

    @Test
    void sendsNothingToAHostThatIsNotListed() throws Exception {
        DockerPromotionConfiguration.get().setCallbackHosts(null);
        pushed(
                Result.SUCCESS,
                "notifyDockerHub()",
                "Cannot report the build result: its callback URL is not on one of Docker Hub's hosts");
        assertThat(hub.requests().count()).isZero();
    }

    @Test
    void endsWhenTheBuildIsAborted() throws Exception {
        hub.onRequest(CALLBACK, Fault.hang().always());
        WorkflowRun run = push(false, job("notifyDockerHub()")).get(0);
        hub.requests().await(CALLBACK);

        run.getExecutor().interrupt();

        ended(run, Result.ABORTED);
        assertThat(hub.requests().count(CALLBACK)).isEqualTo(1);
    }

    @Test
    void answersByItselfOnceWhenAllBuildsOfAPushHaveEnded() throws Exception {
        List<WorkflowRun> runs =
                push(true, job("echo 'good'"), job("gate 'last'\nerror 'broken'"), job("echo 'good, too'"));
        ended(runs.get(0), Result.SUCCESS);
        ended(runs.get(2), Result.SUCCESS);
        assertThat(hub.requests().count()).isZero();
        GateStep.open("last");
        ended(runs.get(1), Result.FAILURE);
        awaitCallbacks(1);

        JsonNode callback = onlyCallback();
        assertThat(callback.get("state").asText()).isEqualTo("error");
        assertThat(callback.get("description").asText())
                .isEqualTo(runs.get(0).getFullDisplayName() + ": SUCCESS, "
                        + runs.get(1).getFullDisplayName() + ": FAILURE, "
                        + runs.get(2).getFullDisplayName() + ": SUCCESS");
        assertThat(callback.get("target_url").asText()).endsWith(runs.get(1).getUrl());
    }

    @Test
    void doesNotAnswerByItselfWhatAStepHasAnswered() throws Exception {
        WorkflowRun answered =
                push(true, job("notifyDockerHub(state: 'failure')")).get(0);
        ended(answered, Result.SUCCESS);
        // Callbacks are sent in order, so a second callback of the first build would arrive before that of the next
        // one.
        WorkflowRun next = push(true, job("echo 'good'")).get(0);
        ended(next, Result.SUCCESS);
        awaitCallbacks(2);

        assertThat(hub.callbacks()).extracting(c -> c.get("state").asText()).containsExactly("failure", "success");
    }

    @Test
    void countsABuildThatIsTakenOutOfTheQueueAsOneThatWasNotBuilt() throws Exception {
        WorkflowJob job = job("echo 'never'");
        job.setQuietPeriod(600);
        Webhooks.listen(job, "technolog/" + job.getName(), true);
        Webhooks.deliver(jenkins, "technolog/" + job.getName(), "1.0", hub.callbackUrl(IMAGE));
        Webhooks.awaitInQueue(job);

        Queue.getInstance().cancel(job);

        awaitCallbacks(1);
        assertThat(onlyCallback().get("state").asText()).isEqualTo("error");
        assertThat(onlyCallback().get("description").asText()).isEqualTo("a deleted build: NOT_BUILT");
    }

    @Test
    void doesNotAnswerByItselfIfNoTriggerAsksForIt() throws Exception {
        ended(push(false, job("echo 'good'")).get(0), Result.SUCCESS);
        ended(push(true, job("echo 'good'")).get(0), Result.SUCCESS);
        awaitCallbacks(1);

        assertThat(onlyCallback().get("state").asText()).isEqualTo("success");
    }

    @Test
    void answersAlsoWhenTheJobIsRenamedMeanwhile() throws Exception {
        WorkflowJob job = job("gate 'renamed'");
        WorkflowRun run = push(true, job).get(0);
        GateStep.waitFor("renamed");
        // Otherwise, Pipeline may still be saving its program to the directory that the renaming moves.
        ((CpsFlowExecution) run.getExecution()).waitForSuspension();
        job.renameTo("another-name");
        GateStep.open("renamed");
        ended(run, Result.SUCCESS);
        awaitCallbacks(1);

        assertThat(onlyCallback().get("description").asText()).isEqualTo("another-name #1: SUCCESS");
    }
}
