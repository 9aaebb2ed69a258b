package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.CauseAction;
import hudson.model.Items;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.util.XStream2;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * The names in stored files stay the same when classes move. Each file is read in its first format and written in the
 * same one.
 */
@WithController
class StoredWebhookTest {

    private static final String CLASSES = "io.jenkins.plugins.dockerpromotion";

    private static JenkinsRule jenkins;

    @BeforeAll
    static void openJenkins(JenkinsRule rule) {
        jenkins = rule;
    }

    private static String stored(String name) throws IOException {
        try (InputStream file = StoredWebhookTest.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aTriggerInTheXmlOfAJob() throws Exception {
        DockerHubPushTrigger trigger = (DockerHubPushTrigger) Items.XSTREAM2.fromXML(stored("stored-trigger.xml"));

        assertThat(trigger.getImage()).isEqualTo("a/app");
        assertThat(trigger.getImages()).containsExactly("a/other");
        assertThat(trigger.getTag()).isEqualTo("v*");
        assertThat(trigger.getIgnorePushers()).isEmpty();
        assertThat(trigger.isCallback()).isTrue();
        assertThat(Items.XSTREAM2.toXML(trigger))
                .startsWith("<docker-hub-push-trigger")
                .doesNotContain(CLASSES);
    }

    @Test
    void whatABuildAndTheQueueKnowOfAPush() throws Exception {
        for (Object xstream : List.of(Run.XSTREAM2, Queue.XSTREAM)) {
            List<?> actions = (List<?>) ((XStream2) xstream).fromXML(stored("stored-actions.xml"));

            DockerPushCause cause = ((CauseAction) actions.get(0)).findCause(DockerPushCause.class);
            assertThat(cause.getShortDescription()).isEqualTo("Push of a/app:v1 by ada at 2017-07-14T02:40:00Z");
            assertThat(((DockerPushCause.InQueue) actions.get(1)).getPushId()).isEqualTo(cause.getPushId());
            assertThat(((XStream2) xstream).toXML(actions)).doesNotContain(CLASSES);
        }
    }

    @Test
    void aDelivery(@TempDir Path directory) throws Exception {
        Delivery delivery = Delivery.ofXml(stored("stored-delivery.xml"));

        assertThat(delivery.getOutcome()).isEqualTo(Delivery.Outcome.STARTED);
        assertThat(delivery.getJobs()).containsExactly("job");
        Push push = delivery.getPushes().get(0);
        assertThat(push.event()).hasToString("a/app:v1");
        assertThat(push.open()).isEmpty();
        assertThat(push.results()).isEqualTo("job #7: SUCCESS");
        assertThat(push.worstRun()).contains("job#7");
        assertThat(delivery.toXml()).startsWith("<docker-delivery>").doesNotContain(CLASSES);
    }

    @Test
    void theTokens() throws Exception {
        Path file = jenkins.jenkins.getRootDir().toPath().resolve("docker-promotion-webhook.xml");
        Files.writeString(file, stored("stored-webhook.xml"));

        WebhookConfiguration read = new WebhookConfiguration();

        assertThat(read.getTokens()).extracting(WebhookToken::getName).containsExactly("Docker Hub");
        read.save();
        assertThat(Files.readString(file)).contains("<docker-promotion-webhook").doesNotContain(CLASSES);
    }
}
