package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jvnet.hudson.test.JenkinsRule;

/** Delivers pushes that can be answered, for the tests of other packages. */
public final class Webhooks {

    /** The token the deliveries come with. */
    public static final String TOKEN = "token-of-the-test";

    private Webhooks() {}

    /** Lets a job wait for pushes of {@code image}. */
    public static void listen(WorkflowJob job, String image, boolean callback) throws IOException {
        DockerHubPushTrigger trigger = new DockerHubPushTrigger();
        trigger.setImage(image);
        trigger.setCallback(callback);
        job.addTrigger(trigger);
    }

    /** Posts what Docker Hub posts (Docker's documentation of webhooks, "Example webhook payload"). */
    public static void deliver(JenkinsRule jenkins, String image, String tag, String callbackUrl) throws Exception {
        WebhookConfiguration.get().setTokens(List.of(new WebhookToken("test", WebhookToken.hashOf(TOKEN))));
        String payload = """
                {
                  "callback_url": "%s",
                  "push_data": {"pushed_at": 1417566161, "pusher": "trustedbuilder", "tag": "%s"},
                  "repository": {"repo_name": "%s", "is_private": true, "status": "Active"}
                }
                """.formatted(callbackUrl, tag, image);
        assertThat(new Webhook(jenkins).post(TOKEN, payload).statusCode()).isEqualTo(202);
    }

    /** A build of a job, once it is there. */
    public static WorkflowRun build(WorkflowJob job, int number) throws Exception {
        Webhook.await("build " + number, () -> job.getBuildByNumber(number) != null);
        return job.getBuildByNumber(number);
    }

    /** Returns once a job waits in the queue. */
    public static void awaitInQueue(WorkflowJob job) throws Exception {
        Webhook.await(job + " in the queue", job::isInQueue);
    }
}
