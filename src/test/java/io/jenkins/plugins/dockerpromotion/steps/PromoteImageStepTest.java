package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import org.jenkinsci.plugins.docker.commons.fingerprint.DockerFingerprints;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

class PromoteImageStepTest extends StepTest {

    private static final TestImage IMAGE =
            TestImage.ociIndex(TestImage.oci(1), TestImage.oci(2).withPlatform("linux", "arm64"));

    @BeforeEach
    void push() {
        registry.push("group/app", "2017.2.103", IMAGE);
    }

    private String promote(String more) {
        return "promoteImage(" + image("app") + ", tag: '2017.2.103'" + more + ")";
    }

    private static String promotions(WorkflowRun run) throws Exception {
        return jenkins.createWebClient()
                .getPage(run)
                .getElementById("docker-promotions")
                .asNormalizedText();
    }

    @Test
    void promotesWithinARepositoryAndReturnsWhatASandboxedPipelineCanUse() throws Exception {
        registry.push("group/app", "latest", TestImage.oci(9));

        succeed(
                "def p = " + promote("") + """

                        echo "digest <${p.digest}> type <${p.mediaType}> platforms ${p.platforms}"
                        for (t in p.targets) {
                            echo "target ${t.tag} was ${t.previousDigest} changed ${t.changed}"
                        }
                        """,
                "digest <" + IMAGE.digest() + "> type <" + IMAGE.mediaType() + ">",
                "platforms [linux/amd64, linux/arm64]",
                "target 2017.2.103-rc was null changed true",
                "target latest was " + TestImage.oci(9).digest() + " changed true",
                "/group/app:latest is now " + IMAGE.digest());

        assertThat(registry.digestOf("group/app", "2017.2.103-rc")).contains(IMAGE.digest());
        assertThat(registry.digestOf("group/app", "latest")).contains(IMAGE.digest());
    }

    @Test
    void promotesToAnotherRepositoryAndToAnotherRegistryWithCredentialsOfItsOwn() throws Exception {
        Setup.addLogin("prod", "deployer", "other-secret");
        try (InMemoryRegistry production = InMemoryRegistry.builder()
                .basic()
                .user("deployer", "other-secret")
                .start()) {
            WorkflowRun run = succeed(promote(", toImage: '" + registry.host() + "/stable/app', to: ['{tag}']") + "\n"
                    + promote(", toImage: '" + production.host()
                            + "/prod/app', to: ['{tag}', 'production'], toCredentialsId: 'prod'"));

            assertThat(registry.digestOf("stable/app", "2017.2.103")).contains(IMAGE.digest());
            assertThat(production.digestOf("prod/app", "2017.2.103")).contains(IMAGE.digest());
            assertThat(production.digestOf("prod/app", "production")).contains(IMAGE.digest());
            assertThat(Pipelines.filesHolding(run, "other-secret")).isEmpty();
        }
    }

    @Test
    void plansOnlyInADryRun() throws Exception {
        succeed(promote(", dryRun: true"), "Planning to promote", "/group/app:latest would become " + IMAGE.digest());

        assertThat(registry.tags("group/app")).containsExactly("2017.2.103");
    }

    @Test
    void aMistypedParameterIsRefusedBeforeAnythingIsChanged() throws Exception {
        WorkflowRun run = Pipelines.fail(jenkins, promote(", dryrun: true"));

        jenkins.assertLogContains("promoteImage has no parameter 'dryrun'; it has ", run);
        assertThat(registry.tags("group/app")).containsExactly("2017.2.103");
    }

    @Test
    void refusesToOverwriteAVersionAndRecordsNothing() throws Exception {
        registry.push("group/app", "2017.2.103-rc", TestImage.oci(9));

        WorkflowRun run = fail(
                promote(""),
                "Cannot promote " + registry.host() + "/group/app:2017.2.103",
                "Use another tag, or set 'overwrite: true' for tags that are meant to move");

        assertThat(registry.digestOf("group/app", "latest")).isEmpty();
        assertThat(jenkins.createWebClient().getPage(run).getElementById("docker-promotions"))
                .isNull();
    }

    @Test
    void isRecordedWithItsBuildAndByTheDigestsFingerprint() throws Exception {
        WorkflowRun run = succeed(promote("") + "\n" + promote(", dryRun: true, to: ['stable']"), "Recorded in #1");

        JenkinsRule.WebClient browser = jenkins.createWebClient();
        assertThat(promotions(run))
                .contains("/group/app:2017.2.103", IMAGE.digest(), "2017.2.103-rc new", "stable would be new");
        assertThat(browser.getPage(run, "console")
                        .getAnchorByHref(jenkins.contextPath + "/" + run.getUrl() + "#docker-promotions")
                        .asNormalizedText())
                .isEqualTo("#1");
        assertThat(browser.getPage(run.getParent(), "docker-promotions").asNormalizedText())
                .contains("2017.2.103-rc", "latest", "promoted", "dry run");
        assertThat(DockerFingerprints.of(IMAGE.digest())
                        .getRangeSet(run.getParent())
                        .includes(run.getNumber()))
                .isTrue();
        assertThat(browser.getPage(run)
                        .getAnchorByText("Builds with this digest")
                        .click()
                        .getWebResponse()
                        .getStatusCode())
                .isEqualTo(200);
    }

    @Test
    void showsAFailureThatHadMovedTags() throws Exception {
        registry.push("group/app", "latest", TestImage.oci(9));
        registry.onRequest(
                RecordedRequest.matching("PUT", "/v2/group/app/manifests/2017.2.103-rc"),
                Fault.status(403).always());

        assertThat(promotions(fail(promote(""))))
                .contains("failed", "answered 403", "latest put back to", "2017.2.103-rc still absent")
                .doesNotContain("Builds with this digest");
    }
}
