package io.jenkins.plugins.dockerpromotion.webhook;

import java.lang.reflect.Field;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jvnet.hudson.test.JenkinsRule;

/** Sample deliveries with all possible outcomes, for screenshots. */
public final class PicturedPushes {

    private static final String DOCKER_HUB = "Docker Hub";
    private static final String HARBOR = "Harbor";

    private final JenkinsRule jenkins;
    private final String version;
    private Instant when;

    /**
     * @param version the version that was pushed last
     * @param now the time of that push
     */
    public PicturedPushes(JenkinsRule jenkins, String version, Instant now) {
        this.jenkins = jenkins;
        this.version = version;
        this.when = now.minus(Duration.ofHours(7));
    }

    public void make() throws Exception {
        WebhookConfiguration.get().setTokens(List.of(token(DOCKER_HUB), token(HARBOR)));
        DockerHubPushTrigger trigger = new DockerHubPushTrigger();
        trigger.setImage("technolog/serviceone");
        trigger.setTag("{year}.{week}.{build}");
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "smoke-test");
        job.setDefinition(new CpsFlowDefinition("echo 'tested'", true));
        job.addTrigger(trigger);
        String push = Webhook.payload("technolog/serviceone", version, "ada", "1500000001");
        deliver(DOCKER_HUB, Webhook.payload("technolog/gateway", "4.2.0", "grace", "1500000000"));
        deliver(HARBOR, """
                {"type": "PUSH_ARTIFACT", "occur_at": 1500000000, "operator": "ci", "event_data": {
                 "repository": {"repo_full_name": "team/reports"},
                 "resources": [{"tag": "1.9.3", "resource_url": "harbor.example.com/team/reports:1.9.3"}]}}""");
        deliver(HARBOR, "{\"type\": \"SCANNING_COMPLETED\"");
        deliver(DOCKER_HUB, push);
        deliver(DOCKER_HUB, push);
        deliver(DOCKER_HUB, Webhook.payload("technolog/serviceone", version + "-rc", "ada", "1500000002"));
        jenkins.waitUntilNoActivity();
    }

    private static WebhookToken token(String name) {
        return new WebhookToken(name, WebhookToken.hashOf(secret(name)));
    }

    private static String secret(String name) {
        return name.replace(' ', '-');
    }

    private void deliver(String token, String body) throws Exception {
        new Webhook(jenkins).post(secret(token), body);
        Webhook.awaitIdle();
        when = when.plus(Duration.ofMinutes(83));
        Field received = Delivery.class.getDeclaredField("received");
        received.setAccessible(true);
        received.setLong(PushStore.get().newestFirst().get(0), when.toEpochMilli());
    }
}
