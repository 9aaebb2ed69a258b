package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Label;
import hudson.model.Result;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

@WithController
class ImageVersionStepTest {

    private static final String IMAGE = "technolog/serviceone";

    private static JenkinsRule jenkins;
    private InMemoryDockerHub hub;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Pipelines.prepare(rule);
        rule.createOnlineSlave(Label.get("agent"));
        form().setClock(Clock.fixed(Instant.parse("2026-11-21T23:30:00Z"), ZoneOffset.UTC));
    }

    @BeforeEach
    void openHub() {
        hub = Pipelines.dockerHub();
    }

    @AfterEach
    void closeHub() {
        hub.close();
    }

    private static ImageVersionStep.DescriptorImpl form() {
        return jenkins.jenkins.getDescriptorByType(ImageVersionStep.DescriptorImpl.class);
    }

    @Test
    void showsTheDefaultPatternWhereSomebodyStarts() throws Exception {
        assertThat(StepForm.shownByDefault(jenkins, "imageVersion", "pattern")).isEqualTo("{year}.{week}.{build}");
    }

    @Test
    void keepsItsParametersInItsFormAndSnippet() throws Exception {
        ImageVersionStep step = new ImageVersionStep();
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
        StepForm.assertSnippet(step, "imageVersion()");

        step.setBuild(7L);
        step.setPattern("{major}.{minor}.{build}");
        step.setZone("Europe/Berlin");
        step.setImage(IMAGE);
        step.setCredentialsId("hub");
        step.setValues(List.of("major=1", "minor=4"));
        step.setBump(true);
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
        String snippet =
                "imageVersion build: 7, bump: true, credentialsId: 'hub', image: 'technolog/serviceone', pattern:"
                        + " '{major}.{minor}.{build}', values: ['major=1', 'minor=4'], zone: 'Europe/Berlin'";
        StepForm.assertSnippet(step, snippet);
        jenkins.assertLogContains(
                "version <1.4.7>", Pipelines.succeed(jenkins, "def v = " + snippet + "\necho \"version <$v>\""));
    }

    @Test
    void aSubmittedFormGivesASnippet() throws Exception {
        JSONObject filled = new JSONObject();
        filled.put("build", "");
        filled.put("pattern", "1.4.{build}{prerelease}");
        filled.put("values", "prerelease=rc.1\n\n");
        StepForm.assertSnippet(
                jenkins,
                ImageVersionStep.class,
                filled,
                "imageVersion pattern: '1.4.{build}{prerelease}', values: ['prerelease=rc.1']");
    }

    @Test
    void checksEachFieldAndShowsTheVersion() {
        ImageVersionStep.DescriptorImpl form = form();

        assertThat(form.doCheckPattern("", "", "", "").renderHtml()).contains("Example: 2026.47.103.");
        assertThat(form.doCheckPattern("{day}-{month}-{year}_{build}", "7", "Europe/Berlin", "")
                        .renderHtml())
                .contains("Example: 22-11-2026_7.");
        assertThat(form.doCheckPattern("{major}.{build}-{sha}", "7", "", "major=2")
                        .renderHtml())
                .contains("Example: 2.7-0123456789ab.");
        assertThat(form.doCheckPattern("{major}.{build}", "7", "", "").getMessage())
                .contains("it needs a value for {major}");
        assertThat(form.doCheckPattern("{week}.{build}", "7", "", "").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckPattern("${params.PATTERN}", "7", "", "").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckZone("").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckZone("Europe/Berlin").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckZone("Mars").getMessage()).contains("is not a time zone");
        assertThat(form.doCheckBuild("").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckBuild("-1").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckImage("").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckImage("A/b").kind).isEqualTo(FormValidation.Kind.ERROR);
    }

    @Test
    void givesTheBuildOneVersionHoweverOftenItAsks() throws Exception {
        WorkflowRun run = Pipelines.succeed(jenkins, "echo \"versions <${imageVersion()}> <${imageVersion()}>\"");

        jenkins.assertLogContains("versions <2026.47.1> <2026.47.1>", run);
        jenkins.assertLogContains("This build already has the version 2026.47.1", run);
        assertThat(hub.requests().count()).isZero();
    }

    @Test
    void theNextBuildOfAJobGetsANewerOneAlsoIfItsNumberWasReset() throws Exception {
        WorkflowJob job = Pipelines.job(jenkins, "echo \"version <${imageVersion()}>\"");
        jenkins.assertLogContains("version <2026.47.1>", jenkins.buildAndAssertSuccess(job));
        WorkflowRun second = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains("version <2026.47.2>", second);
        second.delete();
        job.getLastBuild().delete();
        job.updateNextBuildNumber(1);

        WorkflowRun again = jenkins.buildAndAssertStatus(Result.FAILURE, job);

        jenkins.assertLogContains(
                "ERROR: Cannot create a version for this build: build 1 already has the version 2026.47.1", again);
        jenkins.assertLogContains(", and the newest version is 2026.47.2 (reserved)", again);
        jenkins.assertLogContains("Use 'bump: true' for the next free number, 3,", again);
        jenkins.assertLogNotContains("\tat io.jenkins", again);
    }

    @Test
    void comparesWithTheTagsOnDockerHub() throws Exception {
        hub.registry().addTags(IMAGE + 2, TestImage.docker(1), List.of("2026.47.102", "2026.9.101", "latest"));

        WorkflowRun run = Pipelines.succeed(
                jenkins,
                "echo \"version <${imageVersion(image: '%s2', build: '103', credentialsId: 'hub')}>\""
                        .formatted(IMAGE));

        jenkins.assertLogContains("version <2026.47.103>", run);
        jenkins.assertLogContains("The version is 2026.47.103; checked 3 tags", run);
        assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
    }

    @Test
    void stopsOrTakesTheNextFreeNumberIfTheBuildNumberWasReset() throws Exception {
        try (InMemoryRegistry registry = InMemoryRegistry.builder()
                .bearer()
                .user("ci", Pipelines.PASSWORD)
                .start()) {
            registry.addTags("group/app", TestImage.docker(1), List.of("2026.47.210", "2025.3.103"));
            String parameters = "image: '%s/group/app', build: 103, credentialsId: 'hub'".formatted(registry.host());

            WorkflowRun stopped = Pipelines.fail(jenkins, "imageVersion(" + parameters + ")");
            WorkflowRun bumped =
                    Pipelines.succeed(jenkins, "echo \"version <${imageVersion(" + parameters + ", bump: true)}>\"");

            jenkins.assertLogContains(
                    "ERROR: Cannot create a version for build 103 of " + registry.host()
                            + "/group/app: build 103 already has the version"
                            + " 2025.3.103, and the newest version is 2026.47.210;",
                    stopped);
            jenkins.assertLogNotContains("\tat io.jenkins", stopped);
            jenkins.assertLogContains("version <2026.47.211>", bumped);
            jenkins.assertLogContains(
                    "Using the next free number instead: build 103 already has the version 2025.3.103", bumped);
        }
    }

    @Test
    void twoBuildsThatLookAtTheSameMomentGetDifferentVersions() throws Exception {
        WorkflowRun[] runs = buildTwice("first-and-next", ", bump: true");

        jenkins.assertBuildStatusSuccess(runs[0]);
        jenkins.assertBuildStatusSuccess(runs[1]);
        assertThat(List.of(version(runs[0]), version(runs[1]))).containsExactlyInAnyOrder("2026.47.103", "2026.47.104");
    }

    @Test
    void ofTwoBuildsWithOneNumberTheSecondStops() throws Exception {
        WorkflowRun[] runs = buildTwice("first-only", "");

        assertThat(List.of(runs[0].getResult(), runs[1].getResult()))
                .containsExactlyInAnyOrder(Result.SUCCESS, Result.FAILURE);
        WorkflowRun failed = runs[0].getResult() == Result.SUCCESS ? runs[1] : runs[0];
        jenkins.assertLogContains("build 103 already has the version 2026.47.103 (reserved)", failed);
    }

    /** Neither gets the list of tags before the other one asks for it as well. */
    private static WorkflowRun[] buildTwice(String repository, String parameters) throws Exception {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            registry.push(repository, "latest", TestImage.docker(1));
            CyclicBarrier both = new CyclicBarrier(2);
            registry.onRequest(
                    request -> {
                        if (request.path().contains("/tags/list")) {
                            await(both);
                        }
                        return false;
                    },
                    Fault.status(500));
            String body = "echo \"version <${imageVersion(image: '%s/%s', build: 103%s)}>\""
                    .formatted(registry.host(), repository, parameters);
            WorkflowRun one = Pipelines.job(jenkins, body).scheduleBuild2(0).waitForStart();
            WorkflowRun two = Pipelines.job(jenkins, body).scheduleBuild2(0).waitForStart();
            return new WorkflowRun[] {jenkins.waitForCompletion(one), jenkins.waitForCompletion(two)};
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String version(WorkflowRun run) throws Exception {
        return run.getLog().replaceAll("(?s).*version <([^>]*)>.*", "$1");
    }

    @Test
    void takesValuesAsAMapAndTheCommitFromTheEnvironment() throws Exception {
        WorkflowRun run = Pipelines.succeed(jenkins, """
                int minor = 4
                echo "map <${imageVersion(pattern: '{major}.{minor}.{build}', values: [major: 1, minor: "$minor"])}>"
                withEnv(['GIT_COMMIT=0a1b2c3d4e5f60718293a4b5c6d7e8f901234567']) {
                    echo "commit <${imageVersion(pattern: '{sha}')}>"
                    echo "both <${imageVersion(pattern: '{year}{month}{day}-{build}-{sha}', zone: 'Asia/Tokyo')}>"
                }
                """);

        jenkins.assertLogContains("map <1.4.1>", run);
        jenkins.assertLogContains("commit <0a1b2c3d4e5f>", run);
        jenkins.assertLogContains("both <20261122-1-0a1b2c3d4e5f>", run);
    }

    @Test
    void refusesParametersThatMakeNoSense() throws Exception {
        jenkins.assertLogContains(
                "ERROR: Cannot create a version for this build: the pattern '{sha}' cannot be used for versions: it needs a value",
                Pipelines.fail(jenkins, "imageVersion(pattern: '{sha}')"));
        jenkins.assertLogContains(
                "ERROR: Cannot create a version for this build: 'Mars' is not a time zone",
                Pipelines.fail(jenkins, "imageVersion(zone: 'Mars')"));
        jenkins.assertLogContains(
                "ERROR: Cannot create a version for build -1: 'build' is -1",
                Pipelines.fail(jenkins, "imageVersion(build: -1)"));
        jenkins.assertLogContains(
                "ERROR: Cannot create a version for a build: 'abc' is not a build number",
                Pipelines.fail(jenkins, "imageVersion(build: 'abc')"));
        jenkins.assertLogContains(
                "ERROR: Cannot create a version for this build of a/B: ",
                Pipelines.fail(jenkins, "imageVersion(image: 'a/B')"));
        assertThat(hub.requests().count()).isZero();
    }
}
