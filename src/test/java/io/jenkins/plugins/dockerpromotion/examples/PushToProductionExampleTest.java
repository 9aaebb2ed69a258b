package io.jenkins.plugins.dockerpromotion.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.RequestLog;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.webhook.Webhooks;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/**
 * Runs {@code docs/examples/push-to-production/Jenkinsfile} unchanged, with a restart during the manual approval, and
 * then its scripted variant.
 */
class PushToProductionExampleTest {

    private static final String IMAGE = "technolog/serviceone";
    private static final String TAG = "2017.2.103";
    private static final String PASSWORD = "only-for-the-example";
    private static final TestImage PUSHED =
            TestImage.ociIndex(TestImage.oci(1), TestImage.oci(2).withPlatform("linux", "arm64"));

    @RegisterExtension
    private final JenkinsSessionExtension session = new JenkinsSessionExtension();

    private final InMemoryDockerHub hub = InMemoryDockerHub.builder()
            .user("technolog", PASSWORD)
            .privateRepository(IMAGE)
            .tls(TestCertificates.shared().serverContext())
            .start();

    PushToProductionExampleTest() {
        hub.registry().push(IMAGE, "production", TestImage.oci(9));
        hub.registry().push(IMAGE, TAG, PUSHED);
        hub.writePage(IMAGE, "Serves one", "# Service one");
    }

    @AfterEach
    void close() {
        hub.close();
    }

    @Test
    void putsAPushIntoProductionOnceAPersonAgreesThoughJenkinsRestartsMeanwhile() throws Throwable {
        session.then(jenkins -> {
            configure();
            jenkins.jenkins.setQuietPeriod(0);
            WorkflowJob job = listen(jenkins, "Jenkinsfile");
            assertThat(hub.requests().count()).isZero();

            Webhooks.deliver(jenkins, IMAGE, "2017.2", hub.callbackUrl(IMAGE));
            Webhooks.deliver(jenkins, IMAGE, TAG, hub.callbackUrl(IMAGE));
            WorkflowRun run = Webhooks.build(job, 2);
            jenkins.waitForMessage("Put " + TAG + " into production?", run);
            assertThat(hub.callbacks()).isEmpty();
        });
        session.then(jenkins -> {
            WorkflowRun run = jenkins.jenkins
                    .getItemByFullName("production", WorkflowJob.class)
                    .getLastBuild();
            assertThat(hub.registry().digestOf(IMAGE, "production"))
                    .contains(TestImage.oci(9).digest());
            InputAction input = run.getAction(InputAction.class);
            input.getExecutions().get(0).proceed(null);

            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));

            assertThat(hub.registry().digestOf(IMAGE, "production")).contains(PUSHED.digest());
            assertThat(hub.fullDescription(IMAGE))
                    .startsWith(
                            "# Service one\n\n<!-- jenkins begin -->\n`production` is **" + TAG + "**, by [build 2](");
            assertThat(hub.callbacks()).singleElement().satisfies(callback -> {
                assertThat(callback.get("state").asText()).isEqualTo("success");
                assertThat(callback.get("target_url").asText()).endsWith("job/production/2/");
            });
            jenkins.assertLogContains(
                    "Reported the build result for the push of " + IMAGE + ":" + TAG + ": success", run);
            assertThat(jenkins.createWebClient().getPage(run).asNormalizedText())
                    .as("the page of the build")
                    .contains("Push of " + IMAGE + ":" + TAG + " by trustedbuilder", PUSHED.digest(), "production");
            assertRequests();
            Setup.assertNoApprovalAsked();
            assertThat(SecretSearch.filesHolding(
                            run.getRootDir().toPath(), PASSWORD, "2141b5bi5i5b02bec211i4eeih0242eg"))
                    .isEmpty();
            run.getParent().delete();
            assertTheScriptedOneDoesTheSame(jenkins);
        });
    }

    private void assertTheScriptedOneDoesTheSame(JenkinsRule jenkins) throws Exception {
        TestImage next = TestImage.oci(3);
        hub.registry().push(IMAGE, "2017.3.104", next);
        WorkflowJob job = listen(jenkins, "scripted/Jenkinsfile");

        Webhooks.deliver(jenkins, IMAGE, "2017.3.104", hub.callbackUrl(IMAGE));
        WorkflowRun run = Webhooks.build(job, 2);
        jenkins.waitForMessage("Put 2017.3.104 into production?", run);
        run.getAction(InputAction.class).getExecutions().get(0).proceed(null);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertThat(hub.registry().digestOf(IMAGE, "production")).contains(next.digest());
        assertThat(hub.fullDescription(IMAGE)).contains("`production` is **2017.3.104**");
        jenkins.assertLogContains("Reported the build result for the push of " + IMAGE + ":2017.3.104: success", run);
        Setup.assertNoApprovalAsked();
    }

    /** Creates a job and runs its first build, which only registers the trigger. */
    private static WorkflowJob listen(JenkinsRule jenkins, String file) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "production");
        String jenkinsfile = Files.readString(Path.of("docs/examples/push-to-production", file));
        job.setDefinition(new CpsFlowDefinition(jenkinsfile, true));
        jenkins.buildAndAssertSuccess(job);
        return job;
    }

    private void configure() throws Exception {
        Setup.addLogin("docker-hub", "technolog", PASSWORD);
        Setup.useDockerHub(hub);
    }

    /**
     * Checks the total number of requests. The only blob downloaded is the small image configuration, which contains
     * the creation time.
     */
    private void assertRequests() {
        RequestLog registry = hub.registry().requests();
        assertThat(registry.count(RecordedRequest.matching("GET", "/v2/.*/blobs/.*")))
                .as(registry.summary())
                .isEqualTo(1);
        assertThat(registry.blobBytesDown()).isLessThan(1000);
        assertThat(registry.blobBytesUp()).isZero();
        assertThat(registry.count("PUT", ".*")).isEqualTo(1);
        // Three to read the image, six to find signatures, three more to promote, and two for each login.
        assertThat(registry.count()).as(registry.summary()).isEqualTo(16);
        // Two logins, the tag, the description, its update and the callback.
        assertThat(hub.requests().count()).as(hub.requests().summary()).isEqualTo(6);
    }
}
