package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

@WithController
class FindTagForBuildStepTest {

    private static final List<String> TAGS = List.of(
            "2017.2.103",
            "2017.2.1030",
            "2017.2.2103",
            "2017x2y103",
            "2017.9.104",
            "2017.10.104",
            "release-7",
            "latest");

    private static JenkinsRule jenkins;
    private InMemoryDockerHub hub;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Pipelines.prepare(rule);
    }

    @BeforeEach
    void openHub() {
        hub = Pipelines.dockerHub();
        hub.registry().addTags("technolog/serviceone", TestImage.docker(1), TAGS);
    }

    @AfterEach
    void closeHub() {
        hub.close();
    }

    @Test
    void keepsItsParametersInItsFormAndSnippet() throws Exception {
        FindTagForBuildStep step = new FindTagForBuildStep("technolog/serviceone", 103L);
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
        StepForm.assertSnippet(step, "findTagForBuild build: 103, image: 'technolog/serviceone'");

        step.setCredentialsId("hub");
        step.setRegex("release-(?<build>[0-9]+)");
        step.setOptional(true);
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
        StepForm.assertSnippet(
                step,
                "findTagForBuild build: 103, credentialsId: 'hub', image: 'technolog/serviceone', optional: true,"
                        + " regex: 'release-(?<build>[0-9]+)'");
    }

    @Test
    void checksEachField() {
        FindTagForBuildStep.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(FindTagForBuildStep.DescriptorImpl.class);

        assertThat(form.doCheckImage("technolog/serviceone").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckImage("${params.IMAGE}").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckImage("").getMessage()).contains("Enter an image name");
        assertThat(form.doCheckImage("Technolog/ServiceOne").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckBuild("").getMessage()).contains("Enter a build number");
        assertThat(form.doCheckBuild("103").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckBuild("-1").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckPattern("{year}.{week}.{build}", "").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckPattern("1.4.{build}", "").renderHtml()).contains("Matches 1.4.103, but not 1x4x103.");
        assertThat(form.doCheckPattern("{major}.{minor}", "").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckPattern("v{build}", "x(?<build>[0-9]+)").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckRegex("x(?<build>[0-9]+)").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckRegex("x([0-9]+)").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doFillCredentialsIdItems(null, null, "technolog/serviceone"))
                .extracting(o -> o.value)
                .contains("hub");
    }

    @Test
    void findsTheTagOnDockerHub() throws Exception {
        WorkflowRun run = Pipelines.succeed(jenkins, """
                def tag = findTagForBuild(image: 'technolog/serviceone', build: 103, credentialsId: 'hub')
                echo "tag <$tag>"
                """);

        jenkins.assertLogContains("tag <2017.2.103>", run);
        jenkins.assertLogContains("Found technolog/serviceone:2017.2.103 among 8 tags", run);
        assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
    }

    @Test
    void findsTheTagOnARegistryForANumberGivenAsText() throws Exception {
        try (InMemoryRegistry registry = InMemoryRegistry.builder()
                .bearer()
                .user("ci", Pipelines.PASSWORD)
                .start()) {
            registry.addTags("group/app", TestImage.docker(1), TAGS);

            WorkflowRun run = Pipelines.succeed(
                    jenkins,
                    "echo \"tag <${findTagForBuild(image: '%s/group/app', build: '103', credentialsId: 'hub')}>\""
                            .formatted(registry.host()));

            jenkins.assertLogContains("tag <2017.2.103>", run);
        }
    }

    @Test
    void returnsTheNewestOfSeveralTagsByNumberAndNamesTheOthers() throws Exception {
        WorkflowRun run = Pipelines.succeed(
                jenkins, "echo \"tag <${findTagForBuild(image: 'technolog/serviceone', build: 104)}>\"");

        jenkins.assertLogContains("tag <2017.10.104>", run);
        jenkins.assertLogContains("older tags of the same build: 2017.9.104", run);
    }

    @Test
    void findsByARegularExpression() throws Exception {
        WorkflowRun run = Pipelines.succeed(
                jenkins,
                "echo \"tag <${findTagForBuild(image: 'technolog/serviceone', build: 7, regex: 'release-(?<build>[0-9]+)')}>\"");

        jenkins.assertLogContains("tag <release-7>", run);
    }

    @Test
    void findsByOtherPatterns() throws Exception {
        hub.registry()
                .addTags(
                        "technolog/other",
                        TestImage.docker(1),
                        List.of("1.4.7", "1.4.70", "20170109-7", "7-0a1b2c3d4e5f", "1.5.7-rc.1", "1.5.7"));

        WorkflowRun run = Pipelines.succeed(jenkins, """
                def patterns = ['1.4.{build}', '{major}.{minor}.{build}', '{year}{month}{day}-{build}', '{build}-{sha}',
                                '{major}.{minor}.{build}{prerelease}']
                echo "tags ${patterns.collect { findTagForBuild(image: 'technolog/other', build: 7, pattern: it) }}"
                """);

        jenkins.assertLogContains("tags [1.4.7, 1.5.7, 20170109-7, 7-0a1b2c3d4e5f, 1.5.7]", run);
        jenkins.assertLogContains("older tags of the same build: 1.5.7-rc.1, 1.4.7", run);
    }

    @Test
    void failsInOneLineIfThereIsNoSuchTag() throws Exception {
        WorkflowRun run = Pipelines.fail(jenkins, "findTagForBuild(image: 'technolog/serviceone', build: 999)");

        jenkins.assertLogContains(
                "Cannot find the tag of build 999 of technolog/serviceone: none of the 8 tags of technolog/serviceone"
                        + " matches {year}.{week}.{build} for build 999; check the build number and the pattern",
                run);
        jenkins.assertLogNotContains("\tat io.jenkins", run);
    }

    @Test
    void returnsNullForAnOptionalTag() throws Exception {
        WorkflowRun run = Pipelines.succeed(jenkins, """
                def tag = findTagForBuild(image: 'technolog/serviceone', build: 999, optional: true)
                echo "nothing: ${tag == null}"
                """);

        jenkins.assertLogContains("nothing: true", run);
    }

    @Test
    void tellsAnUnreachableRegistryFromAMissingTagEvenIfItIsOptional() throws Exception {
        String host = hub.registry().host();
        hub.registry().close();

        WorkflowRun run = Pipelines.fail(
                jenkins, "findTagForBuild(image: '%s/group/app', build: 1, optional: true)".formatted(host));

        jenkins.assertLogContains("refused", run);
        jenkins.assertLogContains(host, run);
    }

    @Test
    void refusesParametersThatMakeNoSense() throws Exception {
        jenkins.assertLogContains(
                "Cannot find the tag of build 1 of technolog/X: ",
                Pipelines.fail(jenkins, "findTagForBuild(image: 'technolog/X', build: 1)"));
        jenkins.assertLogContains(
                "set either 'pattern' or 'regex'",
                Pipelines.fail(
                        jenkins, "findTagForBuild(image: 'x', build: 1, pattern: 'v{build}', regex: '(?<build>1)')"));
        jenkins.assertLogContains(
                "'build' is required", Pipelines.fail(jenkins, "findTagForBuild(image: 'technolog/serviceone')"));
        WorkflowRun word = Pipelines.fail(jenkins, "findTagForBuild(image: 'technolog/serviceone', build: 'abc')");
        jenkins.assertLogContains("ERROR: Cannot find the tag of a build: 'abc' is not a build number", word);
        assertThat(hub.requests().count()).isZero();
    }
}
