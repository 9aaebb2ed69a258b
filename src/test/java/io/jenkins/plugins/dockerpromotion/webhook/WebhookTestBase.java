package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.jvnet.hudson.test.JenkinsRule;

/** A Jenkins with one webhook token and no quiet period. */
@WithController
abstract class WebhookTestBase {

    static JenkinsRule jenkins;
    static Webhook webhook;

    String token;

    @BeforeAll
    static void openJenkins(JenkinsRule rule) throws Exception {
        jenkins = rule;
        jenkins.jenkins.setQuietPeriod(0);
        webhook = new Webhook(jenkins);
    }

    @BeforeEach
    void makeToken() {
        WebhookConfiguration.get().setTokens(List.of());
        token = WebhookConfiguration.get().make("Docker Hub");
    }

    @AfterEach
    void forget() throws Exception {
        WebhookEndpoint.get().setNanoClock(System::nanoTime);
        Webhook.awaitIdle();
        jenkins.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
        jenkins.jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION);
        jenkins.waitUntilNoActivity();
    }

    static Delivery last() {
        return PushStore.get().newestFirst().get(0);
    }

    /** Waits for the build that a push starts. The first build has registered the trigger. */
    static WorkflowRun secondBuild(WorkflowJob job) throws Exception {
        return build(job, 2);
    }

    static WorkflowRun build(WorkflowJob job, int number) throws Exception {
        Webhook.await("the build", () -> job.getBuildByNumber(number) != null);
        return jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(job.getBuildByNumber(number)));
    }
}
