package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.Waiting;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests rollbacks, and the history that they need. */
class RollbackStepsTest extends StepTest {

    private final String first = TestImage.oci(1).digest();
    private final String second = TestImage.oci(2).digest();

    /** Each test has its own registry, so records of other tests do not apply to its images. */
    @BeforeEach
    void push() {
        for (String name : new String[] {"app", "web"}) {
            registry.push("group/" + name, "1.0", TestImage.oci(1));
            registry.push("group/" + name, "2.0", TestImage.oci(2));
        }
    }

    private String place(String name) {
        return "image: '" + registry.host() + "/group/" + name + "'";
    }

    private String promote(String tag) {
        return "promoteImage(" + place("app") + ", credentialsId: 'hub', tag: '" + tag
                + "', to: ['production'], overwrite: true)\n";
    }

    private String rollback(String parameters) {
        return "rollbackImage(" + place("app") + ", credentialsId: 'hub', tag: 'production'" + parameters + ")";
    }

    private String production(String name) {
        return registry.digestOf("group/" + name, "production").orElse("");
    }

    @Test
    void aTagGoesBackToWhatItWasAndTheHistoryTellsWhy() throws Exception {
        WorkflowRun run = succeed(promote("1.0") + promote("2.0")
                + "def plan = " + rollback(", dryRun: true")
                + "\necho \"plan ${plan.digest} ${plan.targets[0].changed}\"\n"
                + "def back = " + rollback(", reason: 'Payments fail'") + "\necho \"back ${back.digest}\"\n"
                + "def history = imageHistory(" + place("app") + ", tag: 'production')\n"
                + "echo \"history ${history*.digest} ${history*.rollback} ${history[0].reason} ${history*.version}\"\n"
                + rollback(""));
        jenkins.assertLogContains("plan " + first + " true", run);
        jenkins.assertLogContains("back " + first, run);
        jenkins.assertLogContains(
                "history [" + first + ", " + second + ", " + first
                        + "] [true, false, false] Payments fail [1.0, 2.0, 1.0]",
                run);
        assertThat(production("app")).isEqualTo(first);
    }

    @Test
    void aTagGoesToAVersionThatItHadBefore() throws Exception {
        registry.push("group/app", "3.0", TestImage.oci(3));
        succeed(promote("1.0") + promote("2.0") + promote("3.0") + rollback(", to: '1.0'"));
        assertThat(production("app")).isEqualTo(first);
        succeed(rollback(", to: '" + second + "'"));
        assertThat(production("app")).isEqualTo(second);
    }

    @Test
    void refusesWhatIsNotRecordedOrHasMovedSince() throws Exception {
        succeed(promote("1.0"));
        fail(rollback(""), "was new then, so there is no earlier image");
        fail(rollback(", to: '9.9'"), "no promotion of this tag to 9.9");
        succeed(promote("2.0"));

        registry.push("group/app", "production", TestImage.oci(3));
        fail(rollback(""), "Cannot ");
        assertThat(production("app")).isEqualTo(TestImage.oci(3).digest());

        succeed(rollback(", overwrite: true"));
        assertThat(production("app")).isEqualTo(first);
    }

    private String train(String tag, String... names) {
        return Stream.of(names)
                .map(name -> "[" + place(name) + ", tag: '" + tag + "']")
                .collect(Collectors.joining(
                        ", ",
                        "promoteImages(images: [",
                        "], to: ['production', 'stable', '{tag}-rc'], overwrite: true, credentialsId: 'hub')"));
    }

    @Test
    void trainsWithAnImageInCommonGoOneAfterTheOther() throws Exception {
        registry.push("group/job", "2.0", TestImage.oci(2));
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        registry.onRequest(
                put -> RecordedRequest.matching("PUT", "/v2/group/app/manifests/production")
                                .test(put)
                        && awaits(held, released),
                Fault.delay(Duration.ZERO));
        WorkflowRun run = Pipelines.job(
                        jenkins,
                        "parallel(first: { " + train("1.0", "app", "web") + " }, second: { gate 'second'\n"
                                + train("2.0", "app", "job") + " })")
                .scheduleBuild2(0)
                .waitForStart();
        GateStep.waitFor("second");
        assertThat(Waiting.isOpen(held)).isTrue();
        GateStep.open("second");
        jenkins.waitForMessage("another build", run);
        assertThat(production("job")).isEmpty();

        released.countDown();

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertThat(production("app")).isEqualTo(second);
        assertThat(production("web")).isEqualTo(first);
        assertThat(production("job")).isEqualTo(second);
    }

    private static boolean awaits(CountDownLatch held, CountDownLatch released) {
        held.countDown();
        return Waiting.isOpen(released);
    }

    @Test
    void aTrainGoesToSeveralRegistriesWithTheCredentialsOfEach() throws Exception {
        Setup.addLogin("other", "robot", "other-secret");
        try (InMemoryRegistry other = InMemoryRegistry.builder()
                .bearer()
                .user("robot", "other-secret")
                .start()) {
            other.push("group/db", "1.0", TestImage.oci(3));
            WorkflowRun run = Pipelines.succeed(
                    jenkins,
                    "def done = promoteImages(images: [[" + place("web") + ", tag: '1.0'], [image: '" + other.host()
                            + "/group/db', tag: '1.0', credentialsId: 'other'], [" + place("app")
                            + ", tag: '2.0', toImage: '" + other.host() + "/group/app', toCredentialsId: 'other']],"
                            + " to: ['production'], credentialsId: 'hub')\necho \"digests ${done.values()*.digest}\"");
            jenkins.assertLogContains(
                    "digests [" + first + ", " + TestImage.oci(3).digest() + ", " + second + "]", run);
            assertThat(production("web")).isEqualTo(first);
            assertThat(other.digestOf("group/app", "production")).contains(second);
        }
    }

    @Test
    void aFailurePutsAllBackAndTheErrorAndThePageSayWhereEachIs() throws Exception {
        succeed(train("1.0", "app", "web"));
        registry.onRequest(
                put -> RecordedRequest.matching("PUT", "/v2/group/web/manifests/production")
                                .test(put)
                        && appHasMoved(),
                Fault.status(403).always());

        String at = first.substring(0, 19);
        WorkflowRun run = fail(
                train("2.0", "app", "web"),
                "403",
                "/group/app: production put back to " + at,
                "/group/web: production unchanged at " + at);

        assertThat(production("app")).isEqualTo(first);
        assertThat(production("web")).isEqualTo(first);
        assertThat(jenkins.createWebClient().getPage(run).asNormalizedText())
                .contains(
                        "2 images promoted together", "production put back to " + at, "production unchanged at " + at);
    }

    private boolean appHasMoved() {
        registry.requests()
                .await(RecordedRequest.matching("PUT", "/v2/group/app/manifests/production")
                        .and(put -> put.status() == 201));
        return true;
    }

    @Test
    void aTrainGoesBackTogether() throws Exception {
        succeed(train("1.0", "app", "web"));
        WorkflowRun out = succeed(train("2.0", "app", "web"));
        assertThat(production("web")).isEqualTo(second);

        succeed("rollbackImage(train: '" + out.getParent().getFullName() + " #" + out.getNumber()
                + "', credentialsId: 'hub', reason: 'together')");

        assertThat(production("app")).isEqualTo(first);
        assertThat(production("web")).isEqualTo(first);
        assertThat(registry.digestOf("group/web", "stable")).contains(first);
        assertThat(registry.digestOf("group/web", "2.0-rc"))
                .as("a tag of one version")
                .contains(second);
        fail("rollbackImage(train: 'none', tag: 'x')", "set either 'train', or 'image' and 'tag'");
    }
}
