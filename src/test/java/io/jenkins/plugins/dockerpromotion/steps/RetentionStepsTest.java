package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Instant;
import java.util.List;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** {@code deleteImageTag} and {@code pruneImageTags} on an agent of a real Jenkins. */
@WithController
class RetentionStepsTest {

    private static JenkinsRule jenkins;
    private InMemoryRegistry registry;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Pipelines.prepare(rule);
    }

    @BeforeEach
    void openRegistry() {
        registry = InMemoryRegistry.builder()
                .bearer()
                .user("ci", Pipelines.PASSWORD)
                .start();
        for (int build = 1; build <= 4; build++) {
            registry.push(
                    "group/app",
                    "2019.20." + build,
                    TestImage.oci(build).withCreated(Instant.parse("2019-05-20T08:00:00Z")));
        }
    }

    @AfterEach
    void closeRegistry() {
        registry.close();
    }

    private String delete(String more) {
        return "deleteImageTag(image: '" + registry.host() + "/group/app', credentialsId: 'hub'" + more + ")";
    }

    private String prune(String more) {
        return "pruneImageTags(image: '" + registry.host() + "/group/app', credentialsId: 'hub'" + more + ")";
    }

    @Test
    void deleteImageTagKeepsItsParametersInItsFormAndSnippet() throws Exception {
        DeleteImageTagStep step = new DeleteImageTagStep("group/app", "1");
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
        StepForm.assertSnippet(step, "deleteImageTag image: 'group/app', tag: '1'");

        step.setCredentialsId("hub");
        step.setExpectedDigest(TestImage.oci(1).digest());
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
    }

    @Test
    void pruneImageTagsKeepsItsParametersInItsFormAndSnippet() throws Exception {
        PruneImageTagsStep step = new PruneImageTagsStep("group/app");
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
        StepForm.assertSnippet(step, "pruneImageTags 'group/app'");

        step.setCredentialsId("hub");
        step.setPattern("v{build}");
        step.setRegex("x(?<build>[0-9]+)");
        step.setKeep(10);
        step.setOlderThanDays(30);
        step.setProtect(List.of("latest", "*-rc"));
        step.setMaxDelete(100);
        step.setDryRun(false);
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
        StepForm.assertSnippet(
                step,
                "pruneImageTags credentialsId: 'hub', dryRun: false, image: 'group/app', keep: 10, maxDelete: 100,"
                        + " olderThanDays: 30, pattern: 'v{build}', protect: ['latest', '*-rc'], regex:"
                        + " 'x(?<build>[0-9]+)'");
        StepForm.assertSnippet(
                jenkins,
                PruneImageTagsStep.class,
                JSONObject.fromObject(
                        "{'image': 'group/app', 'keep': '3', 'protect': 'latest, stable', 'dryRun': true}"),
                "pruneImageTags image: 'group/app', keep: 3, protect: ['latest', 'stable']");
    }

    @Test
    void checksEachField() {
        PruneImageTagsStep.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(PruneImageTagsStep.DescriptorImpl.class);
        assertThat(form.doCheckKeep("", "", false).kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckKeep("", "30", false).kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckKeep("0", "", true).kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckOlderThanDays("-1").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckMaxDelete("").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckProtect("latest, *-rc").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckProtect("a/b").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckPattern("v{build}", "x").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckRegex("(").kind).isEqualTo(FormValidation.Kind.ERROR);
        DeleteImageTagStep.DescriptorImpl other =
                jenkins.jenkins.getDescriptorByType(DeleteImageTagStep.DescriptorImpl.class);
        assertThat(other.doCheckTag("-x").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(other.doCheckExpectedDigest("sha256:1").kind).isEqualTo(FormValidation.Kind.ERROR);
    }

    @Test
    void deletesATagAndReturnsItsDigest() throws Exception {
        WorkflowRun run = Pipelines.succeed(jenkins, "echo \"was <${" + delete(", tag: '2019.20.1'") + "}>\"");

        jenkins.assertLogContains(
                "was <"
                        + TestImage.oci(1)
                                .withCreated(Instant.parse("2019-05-20T08:00:00Z"))
                                .digest() + ">",
                run);
        assertThat(registry.tags("group/app")).hasSize(3);
        assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
    }

    @Test
    void failsInOneLine() throws Exception {
        WorkflowRun gone = Pipelines.fail(jenkins, delete(", tag: 'gone'"));
        jenkins.assertLogContains(
                "ERROR: Cannot delete the tag " + registry.host() + "/group/app:gone: there is no such", gone);
        jenkins.assertLogNotContains("\tat io.jenkins", gone);
        jenkins.assertLogContains("all tags would be deleted", Pipelines.fail(jenkins, prune(", dryRun: false")));
        jenkins.assertLogContains(
                "set either 'pattern' or 'regex'",
                Pipelines.fail(jenkins, prune(", keep: 1, pattern: '{build}', regex: '1'")));
        WorkflowRun brake = Pipelines.fail(jenkins, prune(", olderThanDays: 1, maxDelete: 2, dryRun: false"));
        jenkins.assertLogContains("'maxDelete' allows 2", brake);
        assertThat(registry.tags("group/app")).hasSize(4);
    }

    @Test
    void plansUnlessToldOtherwiseAndReturnsWhatASandboxedPipelineCanUse() throws Exception {
        String use = """

                echo "dry ${p.dryRun} freed ${p.freedAtMost > 0} kept ${p.kept*.tag}"
                for (t in p.deleted) {
                    echo "${t.tag} went: ${t.reason} ${t.digest.startsWith('sha256:')}"
                }
                if (p.refused) { error 'refused' }
                """;
        String keepTwo = ", pattern: '{year}.{week}.{build}', keep: 2";
        WorkflowRun plan = Pipelines.succeed(jenkins, "def p = " + prune(keepTwo) + use);
        jenkins.assertLogContains("dry true freed true kept [2019.20.4, 2019.20.3]", plan);
        jenkins.assertLogContains("Would delete 2 tags and keep 2; that frees up to", plan);
        assertThat(registry.tags("group/app")).hasSize(4);

        WorkflowRun run = Pipelines.succeed(jenkins, "def p = " + prune(keepTwo + ", dryRun: false") + use);
        jenkins.assertLogContains("2019.20.1 went: not one of the newest 2 true", run);
        assertThat(registry.tags("group/app")).containsExactly("2019.20.3", "2019.20.4");
        assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
    }

    @Test
    void saysWhatWasDeletedWhenAborted() throws Exception {
        registry.onRequest(
                r -> r.method().equals("DELETE") && r.path().endsWith("/2019.20.2"),
                Fault.hang().always());
        WorkflowJob job = Pipelines.job(jenkins, prune(", pattern: '{year}.{week}.{build}', keep: 1, dryRun: false"));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        registry.requests().await(r -> r.method().equals("DELETE") && r.path().endsWith("/2019.20.2"));
        jenkins.waitForMessage("2019.20.2", run);
        run.doStop();

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("was aborted; deleted before: 2019.20.1", run);
        assertThat(registry.tags("group/app"))
                .contains("2019.20.2", "2019.20.4")
                .doesNotContain("2019.20.1");
    }
}
