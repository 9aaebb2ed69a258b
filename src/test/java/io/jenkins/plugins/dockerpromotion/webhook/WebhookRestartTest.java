package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Queue;
import io.jenkins.plugins.dockerpromotion.notification.Payload;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class WebhookRestartTest {

    @RegisterExtension
    private final JenkinsSessionExtension session = new JenkinsSessionExtension();

    private static File spool(JenkinsRule jenkins) {
        return new File(jenkins.jenkins.getRootDir(), "docker-promotion/deliveries");
    }

    private static Delivery delivery(String tag) throws Exception {
        byte[] body = Webhook.payload("a/b", tag, "me", Webhook.PUSHED_AT).getBytes(StandardCharsets.UTF_8);
        return Delivery.of(
                new WebhookToken("Docker Hub", WebhookToken.hashOf("x")),
                Payload.parse(body, "application/json", List.of()));
    }

    /** Killed once before a delivery was worked off, and once between the queue being kept and the delivery removed. */
    @Test
    void whatWasTakenStartsItsBuildOnceWheneverJenkinsIsKilled() throws Throwable {
        session.then(jenkins -> {
            WorkflowJob job = new Webhook(jenkins).job("job", "dockerHubPush(image: 'a/b')", "");
            jenkins.jenkins.setQuietPeriod(0);
            Delivery untouched = delivery("1");
            new Spool(spool(jenkins)).write(untouched);
            Delivery halfDone = delivery("2");
            new Spool(spool(jenkins)).write(halfDone);
            jenkins.jenkins.doQuietDown();
            new PushScheduler(new SeenPushes(new File(jenkins.jenkins.getRootDir(), "lost"))).schedule(halfDone, false);
            Queue.getInstance().save();
            assertThat(Webhook.queued(job)).hasSize(1);
        });
        session.then(jenkins -> {
            WorkflowJob job = jenkins.jenkins.getItemByFullName("job", WorkflowJob.class);
            Webhook.awaitIdle();
            Webhook.await("both builds", () -> job.getBuildByNumber(3) != null);
            jenkins.waitUntilNoActivity();
            assertThat(job.getBuilds().stream()
                            .filter(run -> run.getNumber() > 1)
                            .map(run -> run.getCause(DockerPushCause.class).getTag()))
                    .containsExactlyInAnyOrder("1", "2");
            assertThat(spool(jenkins).list()).isEmpty();
            assertThat(Deliveries.get().newestFirst()).hasSize(2);
        });
        session.then(jenkins -> {
            String token = WebhookConfiguration.get().make("again");
            new Webhook(jenkins).push(token, "a/b", "1");
            Webhook.awaitIdle();
            List<Delivery> known = Deliveries.get().newestFirst();
            assertThat(known).hasSize(3);
            assertThat(known.get(0).getReason()).isEqualTo("a/b:1 was delivered before");
        });
    }
}
