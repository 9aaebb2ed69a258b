package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Queue;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jvnet.hudson.test.JenkinsRule;

/** Sends webhook requests to Jenkins as a registry does. */
final class Webhook {

    static final String PUSHED_AT = "1500000000";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final HttpClient client = HttpClient.newHttpClient();
    private final JenkinsRule jenkins;

    Webhook(JenkinsRule jenkins) {
        this.jenkins = jenkins;
    }

    static String payload(String image, String tag, String pusher, String pushedAt) {
        return """
                {"callback_url": "https://registry.hub.docker.com/u/x/hook/secret-of-callback/",
                 "push_data": {"pushed_at": %s, "pusher": "%s", "tag": "%s"}, "repository": {"repo_name": "%s"}}""".formatted(pushedAt, pusher, tag, image);
    }

    HttpRequest.Builder request(String path) throws Exception {
        return HttpRequest.newBuilder(new URI(jenkins.getURL() + path)).timeout(PATIENCE);
    }

    HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String token, String body) throws Exception {
        return send(request("dockerhub-webhook/" + token + "/")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    void push(String token, String image, String tag) throws Exception {
        assertThat(post(token, payload(image, tag, "somebody", PUSHED_AT)).statusCode())
                .isEqualTo(202);
    }

    /** Creates a Pipeline job and runs it once, so that Jenkins knows its triggers. */
    WorkflowJob job(String name, String trigger, String body) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition("properties([pipelineTriggers([" + trigger + "])])\n" + body, true));
        jenkins.buildAndAssertSuccess(job);
        return job;
    }

    static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain for: " + what);
            }
            Thread.sleep(20);
        }
    }

    /** Waits until all deliveries are processed. */
    static void awaitIdle() throws Exception {
        await(
                "all deliveries to be worked off",
                () -> PushStore.get().newestFirst().stream()
                        .noneMatch(d -> d.getOutcome() == Delivery.Outcome.WAITING));
    }

    static List<Queue.Item> queued(WorkflowJob job) {
        return Arrays.stream(Queue.getInstance().getItems())
                .filter(item -> item.task == job)
                .toList();
    }
}
