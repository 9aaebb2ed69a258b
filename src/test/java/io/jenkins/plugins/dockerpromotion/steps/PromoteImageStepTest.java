package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.List;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.docker.commons.fingerprint.DockerFingerprints;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

@WithController
class PromoteImageStepTest {

    private static final TestImage IMAGE =
            TestImage.ociIndex(TestImage.oci(1), TestImage.oci(2).withPlatform("linux", "arm64"));

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
        registry.push("group/app", "2017.2.103", IMAGE);
    }

    @AfterEach
    void closeRegistry() {
        registry.close();
    }

    private String promote(String more) {
        return "promoteImage(image: '" + registry.host() + "/group/app', tag: '2017.2.103', credentialsId: 'hub'" + more
                + ")";
    }

    @Test
    void keepsItsParametersInItsFormAndSnippet() throws Exception {
        PromoteImageStep step = new PromoteImageStep("technolog/serviceone", "2017.2.103");
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
        StepForm.assertSnippet(step, "promoteImage image: 'technolog/serviceone', tag: '2017.2.103'");

        step.setTo(List.of("production", "{tag}-ok"));
        step.setCredentialsId("hub");
        step.setToImage("registry.example.com/prod/serviceone");
        step.setToCredentialsId("hub");
        step.setExpectedDigest(IMAGE.digest());
        step.setOverwrite(true);
        step.setReferrers(false);
        step.setDryRun(true);
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
        StepForm.assertSnippet(
                step,
                "promoteImage credentialsId: 'hub', dryRun: true, expectedDigest: '" + IMAGE.digest()
                        + "', image: 'technolog/serviceone', overwrite: true, referrers: false, tag: '2017.2.103',"
                        + " to: ['production', '{tag}-ok'], toCredentialsId: 'hub',"
                        + " toImage: 'registry.example.com/prod/serviceone'");
    }

    @Test
    void takesTargetsInOneLineOfTheForm() throws Exception {
        StepForm.assertSnippet(
                jenkins,
                PromoteImageStep.class,
                JSONObject.fromObject(
                        "{'image': 'technolog/serviceone', 'tag': '1', 'to': 'production, stable  {tag}-x',"
                                + " 'referrers': true}"),
                "promoteImage image: 'technolog/serviceone', tag: '1', to: ['production', 'stable', '{tag}-x']");
    }

    @Test
    void checksEachField() {
        PromoteImageStep.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(PromoteImageStep.DescriptorImpl.class);

        assertThat(form.doCheckImage("technolog/serviceone:1").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckTag("2017.2.103").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckTag("-x").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckTo("{tag}-rc, latest").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckTo("{tag}-rc, a:b").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckTo(" ").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckToImage("").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckToImage("a//b").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckExpectedDigest(IMAGE.digest()).kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckExpectedDigest("sha256:1").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckToCredentialsId(null, "other", "", "technolog/serviceone").kind)
                .isEqualTo(FormValidation.Kind.ERROR);
    }

    @Test
    void promotesWithinARepositoryAndReturnsWhatASandboxedPipelineCanUse() throws Exception {
        registry.push("group/app", "latest", TestImage.oci(9));

        WorkflowRun run = Pipelines.succeed(jenkins, "def p = " + promote("") + """

                        echo "image <${p.image}> digest <${p.digest}> type <${p.mediaType}> platforms ${p.platforms}"
                        for (t in p.targets) {
                            echo "target ${t.tag} was ${t.previousDigest} changed ${t.changed}"
                        }
                        """);

        assertThat(registry.digestOf("group/app", "2017.2.103-rc")).contains(IMAGE.digest());
        assertThat(registry.digestOf("group/app", "latest")).contains(IMAGE.digest());
        jenkins.assertLogContains("digest <" + IMAGE.digest() + "> type <" + IMAGE.mediaType() + ">", run);
        jenkins.assertLogContains("platforms [linux/amd64, linux/arm64]", run);
        jenkins.assertLogContains("target 2017.2.103-rc was null changed true", run);
        jenkins.assertLogContains("target latest was " + TestImage.oci(9).digest() + " changed true", run);
        jenkins.assertLogContains("/group/app:latest is now " + IMAGE.digest(), run);
        assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
    }

    @Test
    void promotesToAnotherRepositoryAndToAnotherRegistryWithCredentialsOfItsOwn() throws Exception {
        Pipelines.addCredentials(
                new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, "prod", "", "deployer", "other-secret"));
        try (InMemoryRegistry production = InMemoryRegistry.builder()
                .basic()
                .user("deployer", "other-secret")
                .start()) {
            WorkflowRun run = Pipelines.succeed(
                    jenkins,
                    promote(", toImage: '" + registry.host() + "/stable/app', to: ['{tag}']") + "\n"
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
        WorkflowRun run = Pipelines.succeed(jenkins, promote(", dryRun: true"));

        jenkins.assertLogContains("Planning to promote", run);
        jenkins.assertLogContains("/group/app:latest would become " + IMAGE.digest(), run);
        assertThat(registry.tags("group/app")).containsExactly("2017.2.103");
    }

    @Test
    void aMistypedParameterIsRefusedBeforeAnythingIsChanged() throws Exception {
        WorkflowRun run = Pipelines.fail(jenkins, promote(", dryrun: true"));

        jenkins.assertLogContains("promoteImage has no parameter 'dryrun'; it has ", run);
        assertThat(registry.tags("group/app")).containsExactly("2017.2.103");
    }

    @Test
    void changesNothingTheSecondTime() throws Exception {
        WorkflowRun run = Pipelines.succeed(
                jenkins,
                promote("") + "\ndef again = " + promote("")
                        + "\necho \"changed ${again.targets.any { it.changed }}\"");

        jenkins.assertLogContains("changed false", run);
        jenkins.assertLogContains("is already " + IMAGE.digest(), run);
    }

    @Test
    void refusesToOverwriteAVersionInOneLine() throws Exception {
        registry.push("group/app", "2017.2.103-rc", TestImage.oci(9));

        WorkflowRun run = Pipelines.fail(jenkins, promote(""));

        jenkins.assertLogContains("Cannot promote " + registry.host() + "/group/app:2017.2.103", run);
        jenkins.assertLogContains("Use another tag, or set 'overwrite: true' for tags that are meant to move", run);
        jenkins.assertLogNotContains("\tat io.jenkins", run);
        assertThat(registry.digestOf("group/app", "latest")).isEmpty();
        assertThat(jenkins.createWebClient().getPage(run).getElementById("docker-promotions"))
                .as("nothing was changed")
                .isNull();
    }

    @Test
    void isRecordedWithItsBuildAndByTheDigestsFingerprint() throws Exception {
        WorkflowRun run = Pipelines.succeed(jenkins, promote("") + "\n" + promote(", dryRun: true, to: ['stable']"));

        JenkinsRule.WebClient browser = jenkins.createWebClient();
        assertThat(browser.getPage(run).getElementById("docker-promotions").asNormalizedText())
                .contains("/group/app:2017.2.103", IMAGE.digest(), "2017.2.103-rc new", "stable would be new");
        jenkins.assertLogContains("Recorded in #1", run);
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
    void linksItsTargetsToTheirPagesAtTheRegistry() throws Exception {
        try (InMemoryDockerHub hub = Pipelines.dockerHub()) {
            hub.registry().push("technolog/serviceone", "1.0", IMAGE);

            WorkflowRun run = Pipelines.succeed(
                    jenkins, "promoteImage(image: 'technolog/serviceone', tag: '1.0', credentialsId: 'hub')");

            jenkins.assertLogContains("technolog/serviceone:latest is now " + IMAGE.digest(), run);
            assertThat(jenkins.createWebClient()
                            .getPage(run, "console")
                            .getAnchorByText("technolog/serviceone:latest")
                            .getHrefAttribute())
                    .isEqualTo("https://hub.docker.com/r/technolog/serviceone/tags?name=latest");
        }
    }

    @Test
    void showsAFailureThatHadMovedTags() throws Exception {
        registry.push("group/app", "latest", TestImage.oci(9));
        registry.onRequest(
                RecordedRequest.matching("PUT", "/v2/group/app/manifests/2017.2.103-rc"),
                Fault.status(403).always());

        WorkflowRun run = Pipelines.fail(jenkins, promote(""));

        assertThat(jenkins.createWebClient()
                        .getPage(run)
                        .getElementById("docker-promotions")
                        .asNormalizedText())
                .contains("failed", "answered 403", "latest put back to", "2017.2.103-rc still absent")
                .doesNotContain("Builds with this digest");
    }

    @Test
    void saysWhoMayNotPush() throws Exception {
        registry.access().allow("ci", "group/*", "pull");

        WorkflowRun run = Pipelines.fail(jenkins, promote(""));

        jenkins.assertLogContains("'ci'", run);
        jenkins.assertLogContains("pull and push on group/app", run);
        jenkins.assertLogNotContains(Pipelines.PASSWORD, run);
    }

    @Test
    void refusesParametersThatMakeNoSense() throws Exception {
        jenkins.assertLogContains(
                "'a:b' is not a tag", Pipelines.fail(jenkins, "promoteImage(image: 'x', tag: '1', to: ['a:b'])"));
        jenkins.assertLogContains(
                "at least one target", Pipelines.fail(jenkins, "promoteImage(image: 'x', tag: '1', to: [])"));
        jenkins.assertLogContains(
                "Cannot promote x: 'tag' is required", Pipelines.fail(jenkins, "promoteImage(image: 'x')"));
        jenkins.assertLogContains(
                "is not a digest", Pipelines.fail(jenkins, "promoteImage(image: 'x', tag: '1', expectedDigest: 'x')"));
    }
}
