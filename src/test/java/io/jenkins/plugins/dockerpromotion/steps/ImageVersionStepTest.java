package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Label;
import hudson.model.Result;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ImageVersionStepTest extends StepTest {

    private static final String IMAGE = "technolog/serviceone";

    @BeforeAll
    static void setTime() throws Exception {
        jenkins.createOnlineSlave(Label.get("agent"));
        jenkins.jenkins
                .getDescriptorByType(ImageVersionStep.DescriptorImpl.class)
                .setClock(Clock.fixed(Instant.parse("2026-11-21T23:30:00Z"), ZoneOffset.UTC));
    }

    @Test
    void theFormShowsTheVersionThatABuildWouldGetNow() throws Exception {
        assertThat(StepForm.check("imageVersion", "pattern", "", "", "", "").renderHtml())
                .contains("Example: 2026.47.103.");
        assertThat(StepForm.check("imageVersion", "pattern", "{day}-{month}-{year}_{build}", "7", "Europe/Berlin", "")
                        .renderHtml())
                .contains("Example: 22-11-2026_7.");
    }

    @Test
    void givesTheBuildOneVersionHoweverOftenItAsks() throws Exception {
        succeed(
                "echo \"versions <${imageVersion()}> <${imageVersion()}>\"",
                "versions <2026.47.1> <2026.47.1>",
                "This build already has the version 2026.47.1");
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

        succeed(
                "echo \"version <${imageVersion(image: '%s2', build: '103', credentialsId: 'hub')}>\"".formatted(IMAGE),
                "version <2026.47.103>",
                "The version is 2026.47.103; checked 3 tags");
    }

    @Test
    void stopsOrTakesTheNextFreeNumberIfTheBuildNumberWasReset() throws Exception {
        registry.addTags("group/app", TestImage.docker(1), List.of("2026.47.210", "2025.3.103"));
        String parameters = image("app") + ", build: 103";

        fail(
                "imageVersion(" + parameters + ")",
                "ERROR: Cannot create a version for build 103 of " + registry.host()
                        + "/group/app: build 103 already has the version"
                        + " 2025.3.103, and the newest version is 2026.47.210;");
        succeed(
                "echo \"version <${imageVersion(" + parameters + ", bump: true)}>\"",
                "version <2026.47.211>",
                "Using the next free number instead: build 103 already has the version 2025.3.103");
    }

    /** The registry sends the tag list to neither build until both have requested it. */
    @Test
    void twoBuildsThatLookAtTheSameMomentGetDifferentVersions() throws Exception {
        registry.push("group/both", "latest", TestImage.docker(1));
        CyclicBarrier both = new CyclicBarrier(2);
        registry.onRequest(
                request -> {
                    if (request.path().contains("/tags/list")) {
                        await(both);
                    }
                    return false;
                },
                Fault.status(500));
        String body = "echo \"version <${imageVersion(" + image("both") + ", build: 103, bump: true)}>\"";
        WorkflowRun one = begin(body);
        WorkflowRun two = begin(body);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(one));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(two));
        assertThat(List.of(version(one), version(two))).containsExactlyInAnyOrder("2026.47.103", "2026.47.104");
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
        succeed("""
                int minor = 4
                echo "map <${imageVersion(pattern: '{major}.{minor}.{build}', values: [major: 1, minor: "$minor"])}>"
                withEnv(['GIT_COMMIT=0a1b2c3d4e5f60718293a4b5c6d7e8f901234567']) {
                    echo "commit <${imageVersion(pattern: '{sha}')}>"
                    echo "both <${imageVersion(pattern: '{year}{month}{day}-{build}-{sha}', zone: 'Asia/Tokyo')}>"
                }
                """, "map <1.4.1>", "commit <0a1b2c3d4e5f>", "both <20261122-1-0a1b2c3d4e5f>");
    }

    @Test
    void refusesANumberThatIsNone() throws Exception {
        fail("imageVersion(build: -1)", "ERROR: Cannot create a version for build -1: 'build' is -1");
    }
}
