package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jvnet.hudson.test.JenkinsRule;

/** Delivers pushes with a callback URL, for tests in other packages. */
public final class Webhooks {

    /** The token of the deliveries. */
    public static final String TOKEN = "token-of-the-test";

    private Webhooks() {}

    /** Adds a trigger for pushes of {@code image} to a job. */
    public static void listen(WorkflowJob job, String image, boolean callback) throws IOException {
        DockerHubPushTrigger trigger = new DockerHubPushTrigger();
        trigger.setImage(image);
        trigger.setCallback(callback);
        job.addTrigger(trigger);
    }

    /** Posts the payload that Docker Hub sends (Docker's documentation of webhooks, "Example webhook payload"). */
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

    /** Waits until a build of a job exists, and returns it. */
    public static WorkflowRun build(WorkflowJob job, int number) throws Exception {
        Webhook.await("build " + number, () -> job.getBuildByNumber(number) != null);
        return job.getBuildByNumber(number);
    }

    /** Waits until the job is in the queue. */
    public static void awaitInQueue(WorkflowJob job) throws Exception {
        Webhook.await(job + " in the queue", job::isInQueue);
    }
}
