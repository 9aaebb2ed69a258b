package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Queue;
import io.jenkins.plugins.dockerpromotion.notification.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class WebhookRestartTest {

    @RegisterExtension
    private final JenkinsSessionExtension session = new JenkinsSessionExtension();

    private static Path deliveries(JenkinsRule jenkins) {
        return jenkins.jenkins.getRootDir().toPath().resolve("docker-promotion/deliveries");
    }

    /** Stores a delivery that was accepted but not processed. */
    private static Delivery delivery(JenkinsRule jenkins, String tag) throws Exception {
        byte[] body = Webhook.payload("a/b", tag, "me", Webhook.PUSHED_AT).getBytes(StandardCharsets.UTF_8);
        Delivery delivery = Delivery.of(
                new WebhookToken("Docker Hub", WebhookToken.hashOf("x")),
                Payload.parse(body, "application/json", List.of()));
        write(jenkins, delivery);
        return delivery;
    }

    private static void write(JenkinsRule jenkins, Delivery delivery) throws IOException {
        Files.createDirectories(deliveries(jenkins));
        Files.writeString(deliveries(jenkins).resolve(delivery.getId() + ".xml"), delivery.toXml());
    }

    /** Schedules the builds of a delivery, but does not update the delivery's file. */
    private static void schedule(JenkinsRule jenkins, Delivery delivery) {
        PushStore notStarted = new PushStore(deliveries(jenkins));
        new PushScheduler(notStarted, delivery, delivery.getPushes().get(0), false).schedule();
    }

    /**
     * Jenkins is killed at four points: before a delivery is processed; after its build is queued but before its file
     * is written; after both; and after the file is written while the queue is not saved.
     */
    @Test
    void whatWasTakenStartsItsBuildOnceWheneverJenkinsIsKilled() throws Throwable {
        session.then(jenkins -> {
            WorkflowJob job = new Webhook(jenkins).job("job", "dockerHubPush(image: 'a/b')", "");
            jenkins.jenkins.setQuietPeriod(0);
            jenkins.jenkins.doQuietDown();
            delivery(jenkins, "1");
            schedule(jenkins, delivery(jenkins, "2"));
            Delivery known = delivery(jenkins, "3");
            schedule(jenkins, known);
            write(jenkins, known);
            Delivery lost = delivery(jenkins, "4");
            schedule(jenkins, lost);
            write(jenkins, lost);
            String id = lost.getPushes().get(0).getId();
            Webhook.await("the queue without the last one", () -> {
                Webhook.queued(job).stream()
                        .filter(item -> item.getAction(DockerPushCause.InQueue.class)
                                .getPushId()
                                .equals(id))
                        .forEach(Queue.getInstance()::cancel);
                return Webhook.queued(job).size() == 2;
            });
            Queue.getInstance().save();
        });
        session.then(jenkins -> {
            WorkflowJob job = jenkins.jenkins.getItemByFullName("job", WorkflowJob.class);
            Webhook.awaitIdle();
            Webhook.await("all builds", () -> job.getBuildByNumber(5) != null);
            jenkins.waitUntilNoActivity();
            assertThat(job.getBuilds().stream()
                            .filter(run -> run.getNumber() > 1)
                            .map(run -> run.getCause(DockerPushCause.class).getTag()))
                    .containsExactlyInAnyOrder("1", "2", "3", "4");
            assertThat(PushStore.get().newestFirst())
                    .hasSize(4)
                    .extracting(Delivery::getOutcome)
                    .containsOnly(Delivery.Outcome.STARTED);
        });
        session.then(jenkins -> {
            String token = WebhookConfiguration.get().make("again");
            new Webhook(jenkins).push(token, "a/b", "1");
            Webhook.awaitIdle();
            List<Delivery> known = PushStore.get().newestFirst();
            assertThat(known).hasSize(5);
            assertThat(known.get(0).getReason()).isEqualTo("a/b:1 is a duplicate");
            jenkins.waitUntilNoActivity();
            assertThat(jenkins.jenkins
                            .getItemByFullName("job", WorkflowJob.class)
                            .getNextBuildNumber())
                    .isEqualTo(6);
        });
    }
}
