package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Action;
import hudson.model.Queue;
import io.jenkins.plugins.dockerpromotion.notification.Payload;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.htmlunit.html.HtmlButton;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;

class WebhookTest extends WebhookTestBase {

    @Test
    void aPushStartsABuildThatKnowsIt() throws Exception {
        WorkflowJob job = webhook.job(
                "knows",
                "dockerHubPush(image: 'a/knows', tag: '{year}.{week}.{build}')",
                "echo(/${env.DOCKER_TRIGGER_REPO_NAME} ${env.DOCKER_TRIGGER_TAG} by ${env.DOCKER_TRIGGER_PUSHER}/)");
        webhook.push(token, "a/knows", "2017.2.103");

        WorkflowRun run = secondBuild(job);
        jenkins.assertLogContains("a/knows 2017.2.103 by somebody", run);
        DockerPushCause cause = run.getCause(DockerPushCause.class);
        assertThat(cause.getShortDescription())
                .isEqualTo("Push of a/knows:2017.2.103 by somebody at 2017-07-14T02:40:00Z");
        assertThat(cause.getPushId())
                .isEqualTo(run.getAction(DockerPushCause.InQueue.class).getPushId());
        Webhook.awaitIdle();
        assertThat(last().getJobs()).containsExactly("knows");
    }

    @Test
    void takesManyEventsOfOneBody() throws Exception {
        WorkflowJob job = webhook.job("last", "dockerHubPush(image: 'registry.example.com/app', tag: '149')", "");
        String events = IntStream.range(0, 150)
                .mapToObj(i -> "{\"action\": \"push\", \"request\": {\"host\": \"registry.example.com\"},"
                        + " \"target\": {\"repository\": \"app\", \"tag\": \"" + i + "\"}}")
                .collect(Collectors.joining(",", "{\"events\": [", "]}"));

        assertThat(webhook.post(token, events).statusCode()).isEqualTo(202);

        secondBuild(job);
    }

    @Test
    void saysIfTheTagHasMovedSinceThePush() throws Exception {
        TestImage pushed = TestImage.oci(1);
        try (InMemoryRegistry registry = InMemoryRegistry.builder().start()) {
            registry.push("group/app", "1", pushed);
            String image = registry.host() + "/group/app";
            WorkflowJob job = webhook.job("moved", "dockerHubPush(image: '" + image + "')", """
                    if (env.DOCKER_TRIGGER_TAG) {
                        node {
                            def info = imageInfo(image: env.DOCKER_TRIGGER_REPO_NAME, tag: env.DOCKER_TRIGGER_TAG)
                            promoteImage(image: env.DOCKER_TRIGGER_REPO_NAME, tag: env.DOCKER_TRIGGER_TAG, to: ['x'])
                            echo(/claimed ${env.DOCKER_TRIGGER_DIGEST == info.digest}/)
                        }
                    }""");
            String event = """
                    {"events": [{"action": "push", "timestamp": "2026-01-01T00:00:00Z", "request": {"host": "%s"},
                     "target": {"digest": "%s", "repository": "group/app", "tag": "1"}}]}""";

            webhook.post(token, event.formatted(registry.host(), pushed.digest()));
            WorkflowRun same = secondBuild(job);
            jenkins.assertLogContains("claimed true", same);
            jenkins.assertLogNotContains("Warning:", same);

            String other = TestImage.oci(2).digest();
            webhook.post(token, event.formatted(registry.host(), other));
            WorkflowRun moved = build(job, 3);
            assertThat(JenkinsRule.getLog(moved)
                            .split(
                                    "Warning: " + image + ":1 is " + pushed.digest()
                                            + " now, but the push that started this build was " + other,
                                    -1))
                    .hasSize(3);
        }
    }

    @Test
    void readsNothingOfTheBodyBeforeItKnowsTheToken() throws Exception {
        try (Socket socket = new Socket("localhost", jenkins.getURL().getPort())) {
            socket.setSoTimeout(30_000);
            String head =
                    "POST " + jenkins.getURL().getPath() + "dockerhub-webhook/wrong/ HTTP/1.1\r\nHost: localhost\r\n"
                            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));

            byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 403".length());

            assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 403");
        }
    }

    @Test
    void theSameDeliveryTwiceStartsOneBuildAndAnAdministratorCanReplayIt() throws Exception {
        WorkflowJob job = webhook.job("twice", "dockerHubPush(image: 'a/twice')", "");
        webhook.push(token, "a/twice", "1");
        webhook.push(token, "a/twice", "1");
        Webhook.awaitIdle();
        secondBuild(job);
        assertThat(last().getReason()).isEqualTo("a/twice:1 is a duplicate");
        assertThat(job.getNextBuildNumber()).isEqualTo(3);

        HtmlPage page = jenkins.createWebClient().goTo("manage/docker-pushes");
        assertThat(page.asNormalizedText()).contains("a/twice:1 by somebody", "twice", "Docker Hub");
        assertThat(page.asXml()).doesNotContain(token, "secret-of-callback");
        jenkins.submit(page.getFormByName("replay-" + last().getId()));

        build(job, 3);
    }

    /** After fixing a problem, a user lets the registry deliver again. It sends an identical request. */
    @Test
    void aPushThatStartedNothingStartsItsBuildWhenItComesAgain() throws Exception {
        webhook.push(token, "a/late", "1");
        Webhook.awaitIdle();
        assertThat(last().getReason()).isEqualTo("no job waits for a/late");
        WorkflowJob job = webhook.job("late", "dockerHubPush(image: 'a/late')", "");
        job.makeDisabled(true);
        webhook.push(token, "a/late", "1");
        Webhook.awaitIdle();
        assertThat(last().getReason()).isEqualTo("late is disabled");
        job.makeDisabled(false);
        refuse = job;
        webhook.push(token, "a/late", "1");
        Webhook.awaitIdle();
        assertThat(last().getReason()).isEqualTo("late cannot be built now");
        broken = job;
        webhook.push(token, "a/late", "1");
        Webhook.awaitIdle();
        assertThat(last().getReason()).isEqualTo("failed; see the Jenkins log");
        refuse = null;
        broken = null;

        webhook.push(token, "a/late", "1");
        Webhook.awaitIdle();
        assertThat(last().getJobs()).containsExactly("late");
        secondBuild(job);
        webhook.push(token, "a/late", "1");
        Webhook.awaitIdle();
        assertThat(last().getReason()).isEqualTo("a/late:1 is a duplicate");
        jenkins.waitUntilNoActivity();
        assertThat(job.getNextBuildNumber()).isEqualTo(3);
    }

    private static volatile WorkflowJob refuse;
    private static volatile WorkflowJob broken;

    /** A queue decision handler of another plugin. */
    @TestExtension
    public static final class OfAnother extends Queue.QueueDecisionHandler {
        @Override
        public boolean shouldSchedule(Queue.Task task, List<Action> actions) {
            if (task == broken) {
                throw new IllegalStateException("broken");
            }
            return task != refuse;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HUB 1 1, HUB 1 1, true",
        "HUB 1 1, HUB 2 1, false",
        "HUB 1 1, HUB 1 2, false",
        "QUAY 1 1, QUAY 1 1, false",
    })
    void knowsTheSamePushAgainAndNoOther(String first, String second, boolean same) throws Exception {
        assertThat(pushOf(first).isSameAs(pushOf(second))).isEqualTo(same);
    }

    private static Push pushOf(String registryTagAndTime) throws Exception {
        String[] parts = registryTagAndTime.split(" ");
        String body = parts[0].equals("HUB")
                ? Webhook.payload("a/b", parts[1], "x", parts[2])
                : "{\"repository\": \"a/b\", \"docker_url\": \"quay.io/a/b\", \"updated_tags\": [\"1\"]}";
        return new Push(Payload.parse(body.getBytes(StandardCharsets.UTF_8), "", List.of())
                .events()
                .get(0));
    }

    @Test
    void differentPushesAreDifferentBuildsInTheQueue() throws Exception {
        WorkflowJob job = webhook.job("apart", "dockerHubPush(image: 'a/apart')", "");
        jenkins.jenkins.doQuietDown();
        try {
            webhook.push(token, "a/apart", "1");
            webhook.push(token, "a/apart", "2");
            webhook.push(token, "a/apart", "2");
            Webhook.awaitIdle();

            assertThat(Webhook.queued(job))
                    .flatExtracting(Queue.Item::getCauses)
                    .extracting(cause -> ((DockerPushCause) cause).getTag())
                    .containsExactlyInAnyOrder("1", "2");
        } finally {
            jenkins.jenkins.doCancelQuietDown();
        }
        jenkins.waitUntilNoActivity();
    }

    @Test
    void onlyATokenOpensIt() throws Exception {
        String other = token.substring(0, 63) + (token.endsWith("0") ? "1" : "0");
        String body = Webhook.payload("a/b", "1", "x", "1");
        int before = PushStore.get().newestFirst().size();

        for (String wrong : List.of(other, "x", token + "0", WebhookToken.hashOf(token))) {
            assertThat(webhook.post(wrong, body).statusCode()).as(wrong).isEqualTo(403);
        }
        assertThat(webhook.post(token + "/more", body).statusCode()).isEqualTo(403);
        assertThat(webhook.send(webhook.request("dockerhub-webhook/")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build())
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<String> got = webhook.send(
                webhook.request("dockerhub-webhook/" + token + "/").GET().build());
        assertThat(got.statusCode()).isEqualTo(405);
        assertThat(got.headers().firstValue("Allow")).contains("POST");
        assertThat(PushStore.get().newestFirst()).hasSize(before);

        assertThat(webhook.post(token + "/notify", body).statusCode()).isEqualTo(202);
        WebhookConfiguration.get().setTokens(List.of());
        assertThat(webhook.post(token, body).statusCode()).isEqualTo(403);
    }

    @Test
    void takesAJsonBodyOfAFormsTypeOrOfNone() throws Exception {
        for (String type : List.of("application/x-www-form-urlencoded", "text/plain", "")) {
            HttpRequest.Builder request = webhook.request("dockerhub-webhook/" + token);
            if (!type.isEmpty()) {
                request.header("Content-Type", type);
            }
            String body = Webhook.payload("a/typed", "t", "a&b=c", "1");
            assertThat(webhook.send(request.POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build())
                            .statusCode())
                    .as(type)
                    .isEqualTo(202);
            assertThat(last().getPushes()).extracting(Push::getPusher).containsExactly("a&b=c");
        }
    }

    @Test
    void refusesWithAReasonThatRepeatsNothing() throws Exception {
        assertThat(webhook.post(token, "{\"id\": \"1\", \"action\": \"ping\"}").statusCode())
                .isEqualTo(200);
        HttpResponse<String> bad = webhook.post(token, Webhook.payload("a/b", "<script>", "x", "1"));
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(bad.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
        assertThat(bad.body().strip()).isEqualTo("Cannot read the notification: the tag is not valid");
        assertThat(webhook.post(token, "[".repeat(100_000)).statusCode()).isEqualTo(400);
        assertThat(webhook.post(token, " ".repeat(Payload.MAX_BYTES + 1)).statusCode())
                .isEqualTo(413);

        HtmlPage page = jenkins.createWebClient().goTo("manage/docker-pushes");
        assertThat(page.asNormalizedText()).contains("the tag is not valid");

        Path kept =
                jenkins.jenkins.getRootDir().toPath().resolve("docker-promotion/deliveries/" + last().getId() + ".xml");
        Webhook.await("the refused one on disk", () -> Files.exists(kept));
    }

    @Test
    void aFloodIsHeldBackAndKeepsNobodyElseOut() throws Exception {
        String legitimate = WebhookConfiguration.get().make("another");
        WebhookEndpoint.get().setNanoClock(() -> 0);
        Map<Integer, Long> answers = Stream.iterate(0, i -> i + 1)
                .limit(WebhookEndpoint.BURST + 100)
                .parallel()
                .map(i -> {
                    try {
                        return webhook.post(token, Webhook.payload("a/flood", "t" + i, "x", "1"))
                                .statusCode();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                })
                .collect(Collectors.groupingBy(s -> s, TreeMap::new, Collectors.counting()));

        assertThat(answers).containsOnlyKeys(202, 429);
        assertThat(answers.get(429)).isGreaterThanOrEqualTo(100);
        HttpResponse<String> held = webhook.post(token, Webhook.payload("a/flood", "more", "x", "1"));
        assertThat(held.statusCode()).isEqualTo(429);
        assertThat(held.headers().firstValue("Retry-After")).contains("10");
        webhook.push(legitimate, "a/legitimate", "1");
        Webhook.awaitIdle();
        assertThat(last().getToken()).isEqualTo("another");
        assertThat(PushStore.get().newestFirst()).hasSizeLessThanOrEqualTo(200);
    }

    @Test
    void whatWaitsIsBoundedAndNoTokenTakesAllRoom(@TempDir Path directory) throws Exception {
        PushStore notStarted = new PushStore(directory);
        Payload payload = Payload.parse(
                Webhook.payload("a/b", "1", "x", "1").getBytes(StandardCharsets.UTF_8), "application/json", List.of());
        for (String name : List.of("one", "two")) {
            WebhookToken sender = new WebhookToken(name, WebhookToken.hashOf(name));
            for (int i = 0; i < PushStore.MAX_WAITING_OF_ONE_TOKEN; i++) {
                assertThat(notStarted.take(Delivery.of(sender, payload))).isTrue();
            }
            assertThat(notStarted.take(Delivery.of(sender, payload))).isFalse();
        }
        WebhookToken third = new WebhookToken("three", WebhookToken.hashOf("three"));
        assertThat(notStarted.take(Delivery.of(third, payload))).isFalse();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(PushStore.MAX_WAITING);
        }
    }

    @Test
    void theButtonMakesATokenThatTheOpenFormDoesNotRevoke() throws Exception {
        HtmlPage open = jenkins.createWebClient().goTo("configure");
        String made = WebhookConfiguration.get().make("made meanwhile");
        HtmlForm form = open.getFormByName("config");
        jenkins.submit(form);

        assertThat(WebhookConfiguration.get().getTokens())
                .extracting(WebhookToken::getName)
                .containsExactly("Docker Hub", "made meanwhile");
        assertThat(WebhookConfiguration.get().tokenOf(made)).isPresent();
        jenkins.configRoundtrip();
        assertThat(WebhookConfiguration.get().getTokens()).hasSize(2);

        String shown = WebhookConfiguration.get().doMakeToken("<b>third").renderHtml();
        assertThat(shown).contains("/dockerhub-webhook/").doesNotContain("<b>third");
    }

    @Test
    void theLastTokenCanBeRevokedInTheForm() throws Exception {
        HtmlForm form = jenkins.createWebClient().goTo("configure").getFormByName("config");
        form.<HtmlElement>querySelectorAll("button").stream()
                .map(HtmlButton.class::cast)
                .filter(button ->
                        button.getTextContent().contains("Revoke") || "Revoke".equals(button.getAttribute("title")))
                .findFirst()
                .orElseThrow()
                .click();
        jenkins.submit(form);

        assertThat(WebhookConfiguration.get().getTokens()).isEmpty();
    }

    @Test
    void theFormOfTheTriggerKeepsAllFields() throws Exception {
        DockerHubPushTrigger before = new DockerHubPushTrigger();
        before.setImage("technolog/serviceone");
        before.setImages(List.of("a/one", "registry.example.com:5000/two"));
        before.setTag("{year}.{week}.{build}");
        before.setIgnorePushers(List.of("robot"));
        before.setCallback(true);
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.addTrigger(before);

        jenkins.configRoundtrip(job);

        DockerHubPushTrigger after = (DockerHubPushTrigger)
                job.getTriggersJobProperty().getTriggers().get(0);
        jenkins.assertEqualDataBoundBeans(before, after);
        assertThat(after).isNotSameAs(before);

        // The last entry of each list can be removed.
        HtmlForm form = jenkins.createWebClient().getPage(job, "configure").getFormByName("config");
        form.getInputByName("_.images").setValue("");
        form.getInputByName("_.ignorePushers").setValue("");
        jenkins.submit(form);
        DockerHubPushTrigger emptied = (DockerHubPushTrigger)
                job.getTriggersJobProperty().getTriggers().get(0);
        assertThat(emptied.getImages()).isEmpty();
        assertThat(emptied.getIgnorePushers()).isEmpty();
        job.delete();
    }
}
