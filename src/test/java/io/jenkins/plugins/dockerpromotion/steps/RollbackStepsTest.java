package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The way back, and what is recorded for it. */
@WithJenkins
class RollbackStepsTest {

    private static JenkinsRule jenkins;
    private InMemoryRegistry registry;
    private final String first = TestImage.oci(1).digest();
    private final String second = TestImage.oci(2).digest();

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Pipelines.prepare(rule);
    }

    /** Each test has a registry of its own, so nothing that another one recorded is of its images. */
    @BeforeEach
    void open() {
        registry = InMemoryRegistry.builder()
                .bearer()
                .user("ci", Pipelines.PASSWORD)
                .start();
        for (String name : new String[] {"app", "web"}) {
            registry.push("group/" + name, "1.0", TestImage.oci(1));
            registry.push("group/" + name, "2.0", TestImage.oci(2));
        }
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private String image(String name) {
        return "image: '" + registry.host() + "/group/" + name + "'";
    }

    private String promote(String tag) {
        return "promoteImage(" + image("app") + ", credentialsId: 'hub', tag: '" + tag
                + "', to: ['production'], overwrite: true)\n";
    }

    private String rollback(String parameters) {
        return "rollbackImage(" + image("app") + ", credentialsId: 'hub', tag: 'production'" + parameters + ")";
    }

    private String production(String name) {
        return registry.digestOf("group/" + name, "production").orElse("");
    }

    @Test
    void aTagGoesBackToWhatItWasAndTheHistoryTellsWhy() throws Exception {
        WorkflowRun run = Pipelines.succeed(
                jenkins,
                promote("1.0") + promote("2.0")
                        + "def plan = " + rollback(", dryRun: true")
                        + "\necho \"plan ${plan.digest} ${plan.targets[0].changed}\"\n"
                        + "def back = " + rollback(", reason: 'Payments fail'") + "\necho \"back ${back.digest}\"\n"
                        + "def history = imageHistory(" + image("app") + ", tag: 'production')\n"
                        + "echo \"history ${history*.digest} ${history*.rollback} ${history[0].reason} ${history[1].version}\"\n"
                        + rollback(""));
        jenkins.assertLogContains("plan " + first + " true", run);
        jenkins.assertLogContains("back " + first, run);
        jenkins.assertLogContains(
                "history [" + first + ", " + second + ", " + first + "] [true, false, false] Payments fail 2.0", run);
        assertThat(production("app")).isEqualTo(first);
    }

    @Test
    void aTagGoesToAVersionThatItHadBefore() throws Exception {
        registry.push("group/app", "3.0", TestImage.oci(3));
        Pipelines.succeed(jenkins, promote("1.0") + promote("2.0") + promote("3.0") + rollback(", to: '1.0'"));
        assertThat(production("app")).isEqualTo(first);
        Pipelines.succeed(jenkins, rollback(", to: '" + second + "'"));
        assertThat(production("app")).isEqualTo(second);
    }

    @Test
    void refusesWhatIsNotRecordedOrHasMovedSince() throws Exception {
        jenkins.assertLogContains(
                "Cannot roll back " + registry.host()
                        + "/group/app:production: no promotion of this tag is recorded on this controller",
                Pipelines.fail(jenkins, rollback("")));
        Pipelines.succeed(jenkins, promote("1.0"));
        jenkins.assertLogContains("was new then, so there is no earlier image", Pipelines.fail(jenkins, rollback("")));
        jenkins.assertLogContains("no promotion of this tag to 9.9", Pipelines.fail(jenkins, rollback(", to: '9.9'")));
        Pipelines.succeed(jenkins, promote("2.0"));

        registry.push("group/app", "production", TestImage.oci(3));
        WorkflowRun moved = Pipelines.fail(jenkins, rollback(""));
        assertThat(JenkinsRule.getLog(moved).lines().filter(line -> line.startsWith("ERROR: ")))
                .singleElement()
                .asString()
                .startsWith("ERROR: Cannot ");
        assertThat(production("app")).isEqualTo(TestImage.oci(3).digest());

        Pipelines.succeed(jenkins, rollback(", overwrite: true"));
        assertThat(production("app")).isEqualTo(first);
    }

    @Test
    void aTrainGoesBackTogether() throws Exception {
        String train = "promoteImages(images: [[" + image("app") + ", tag: '%1$s'], [" + image("web")
                + ", tag: '%1$s']], to: ['production'], overwrite: true, credentialsId: 'hub')";
        Pipelines.succeed(jenkins, train.formatted("1.0"));
        WorkflowRun out = Pipelines.succeed(jenkins, train.formatted("2.0"));
        assertThat(production("web")).isEqualTo(second);

        Pipelines.succeed(
                jenkins,
                "rollbackImage(train: '" + out.getParent().getFullName() + " #" + out.getNumber()
                        + "', credentialsId: 'hub', reason: 'together')");

        assertThat(production("app")).isEqualTo(first);
        assertThat(production("web")).isEqualTo(first);
        jenkins.assertLogContains(
                "no such train is recorded on this controller",
                Pipelines.fail(jenkins, "rollbackImage(train: 'none')"));
        jenkins.assertLogContains(
                "set either 'train', or 'image' and 'tag'",
                Pipelines.fail(jenkins, "rollbackImage(train: 'none', tag: 'x')"));
    }
}
