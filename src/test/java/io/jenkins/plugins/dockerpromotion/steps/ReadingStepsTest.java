package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.util.FormValidation.Kind;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** {@code imageTags}, {@code imageInfo} and {@code registryToken}, on Docker Hub and on a registry that is GitLab's. */
@WithController
class ReadingStepsTest {

    private static final TestImage IMAGE = TestImage.ociIndex(
            TestImage.oci(1)
                    .withCreated(Instant.parse("2026-11-20T08:15:00Z"))
                    .withLabel("org.opencontainers.image.revision", "0123abc"),
            TestImage.oci(2).withPlatform("linux", "arm64", "v8").withCreated(Instant.parse("2026-11-20T08:14:00Z")));

    private static JenkinsRule jenkins;
    private InMemoryDockerHub hub;
    private InMemoryRegistry gitLab;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Pipelines.prepare(rule);
        Pipelines.addCredentials(new UsernamePasswordCredentialsImpl(
                CredentialsScope.GLOBAL, "gitlab", "", "deployer", Pipelines.PASSWORD));
    }

    @BeforeEach
    void open() {
        hub = Pipelines.dockerHub();
        hub.registry()
                .addTags("technolog/serviceone", TestImage.docker(1), List.of("2017.9.103", "2017.10.104", "latest"));
        gitLab = InMemoryRegistry.builder()
                .bearer()
                .tokenPath("/jwt/auth")
                .service("container_registry")
                .readableTokens()
                .user("deployer", Pipelines.PASSWORD)
                .allow("deployer", "group/*", "pull", "push")
                .start();
        gitLab.push("group/app", "2026.47.103", IMAGE);
        gitLab.addTags("group/app", TestImage.docker(3), List.of("2026.47.9", "2026.47.10", "main"));
    }

    @AfterEach
    void close() {
        hub.close();
        gitLab.close();
    }

    @Test
    void keepTheirParametersInTheirFormsAndSnippets() throws Exception {
        ImageTagsStep tags = new ImageTagsStep("technolog/serviceone");
        jenkins.assertEqualDataBoundBeans(tags, StepForm.roundTrip(jenkins, tags));
        StepForm.assertSnippet(tags, "imageTags 'technolog/serviceone'");
        tags.setCredentialsId("hub");
        tags.setRegex("v([0-9]+)");
        tags.setLimit(5);
        jenkins.assertEqualDataBoundBeans(tags, StepForm.roundTrip(jenkins, tags));
        StepForm.assertSnippet(
                tags, "imageTags credentialsId: 'hub', image: 'technolog/serviceone', limit: 5, regex: 'v([0-9]+)'");

        ImageInfoStep info = new ImageInfoStep("technolog/serviceone", "2017.9.103");
        jenkins.assertEqualDataBoundBeans(info, StepForm.roundTrip(jenkins, info));
        StepForm.assertSnippet(info, "imageInfo image: 'technolog/serviceone', tag: '2017.9.103'");
        info.setDetails(false);
        info.setCredentialsId("hub");
        jenkins.assertEqualDataBoundBeans(info, StepForm.roundTrip(jenkins, info));

        RegistryTokenStep token = new RegistryTokenStep();
        token.setImage(gitLab.host() + "/group/app");
        token.setCredentialsId("gitlab");
        jenkins.assertEqualDataBoundBeans(token, StepForm.roundTrip(jenkins, token));
        StepForm.assertSnippet(
                token, "registryToken credentialsId: 'gitlab', image: '" + gitLab.host() + "/group/app'");
        token.setActions(List.of("pull", "push"));
        jenkins.assertEqualDataBoundBeans(token, StepForm.roundTrip(jenkins, token));
        StepForm.assertSnippet(
                token,
                "registryToken actions: ['pull', 'push'], credentialsId: 'gitlab', image: '" + gitLab.host()
                        + "/group/app'");
    }

    @Test
    void sendNothingToAHostThatIsNotAllowed() throws Exception {
        DockerPromotionConfiguration.get().setAllowedHosts(List.of("docker.io"));
        try {
            WorkflowRun run = Pipelines.fail(
                    jenkins, "imageTags image: '" + gitLab.host() + "/group/app', credentialsId: 'gitlab'");

            assertThat(run.getLog().lines().filter(l -> l.contains("is not among the allowed registry hosts")))
                    .singleElement()
                    .asString()
                    .startsWith("ERROR: Cannot ")
                    .contains(gitLab.host(), "Manage Jenkins » System » Docker Image Promotion");
            assertThat(gitLab.requests().count()).isZero();
        } finally {
            DockerPromotionConfiguration.get().setAllowedHosts(List.of());
        }
    }

    @Test
    void checkTheirFields() {
        ImageTagsStep.DescriptorImpl tags = jenkins.jenkins.getDescriptorByType(ImageTagsStep.DescriptorImpl.class);
        assertThat(tags.doCheckPattern("{major}.{minor}", "").kind).isEqualTo(Kind.OK);
        assertThat(tags.doCheckPattern("{major}.{minor}", "").renderHtml()).contains("Matches 1.4, but not 1x4.");
        assertThat(tags.doCheckPattern("v${PATTERN}", "").renderHtml()).doesNotContain("Matches");
        assertThat(tags.doCheckPattern("{major}{minor}", "").kind).isEqualTo(Kind.ERROR);
        assertThat(tags.doCheckPattern("v{build}", "v([0-9]+)").kind).isEqualTo(Kind.ERROR);
        assertThat(tags.doCheckRegex("v([0-9]+)").kind).isEqualTo(Kind.OK);
        assertThat(tags.doCheckRegex("v([0-9]+").kind).isEqualTo(Kind.ERROR);
        assertThat(tags.doCheckLimit("").kind).isEqualTo(Kind.OK);
        assertThat(tags.doCheckLimit("0").kind).isEqualTo(Kind.ERROR);

        ImageInfoStep.DescriptorImpl info = jenkins.jenkins.getDescriptorByType(ImageInfoStep.DescriptorImpl.class);
        assertThat(info.doCheckTag("").getMessage()).contains("Enter a tag or digest");
        assertThat(info.doCheckTag("2017.9.103").kind).isEqualTo(Kind.OK);
        assertThat(info.doCheckTag(IMAGE.digest()).kind).isEqualTo(Kind.OK);
        assertThat(info.doCheckTag("sha256:12").kind).isEqualTo(Kind.ERROR);

        RegistryTokenStep.DescriptorImpl token =
                jenkins.jenkins.getDescriptorByType(RegistryTokenStep.DescriptorImpl.class);
        assertThat(token.doCheckRegistry("", "").kind).isEqualTo(Kind.ERROR);
        assertThat(token.doCheckRegistry("registry.example.com", "app/one").kind)
                .isEqualTo(Kind.ERROR);
        assertThat(token.doCheckRegistry("registry.example.com:5000", "").kind).isEqualTo(Kind.OK);
        assertThat(token.doCheckRegistry("https://registry.example.com", "").kind)
                .isEqualTo(Kind.ERROR);
        assertThat(token.doCheckActions("pull, delete").kind).isEqualTo(Kind.OK);
        assertThat(token.doCheckActions("pull, write").kind).isEqualTo(Kind.ERROR);
        assertThat(token.doFillCredentialsIdItems(null, "", "", "registry.example.com"))
                .extracting(option -> option.value)
                .contains("gitlab");
    }

    @Test
    void listTagsOfDockerHubAndOfARegistry() throws Exception {
        WorkflowRun run = Pipelines.succeed(jenkins, """
                def weeks = '{year}.{week}.{build}'
                echo "all ${imageTags('technolog/serviceone').size()}"
                echo "hub ${imageTags(image: 'technolog/serviceone', pattern: weeks, credentialsId: 'hub')}"
                def tags = imageTags(image: '%1$s/group/app', pattern: weeks, limit: 2, credentialsId: 'gitlab')
                echo "gitlab ${tags.join(' ')}"
                echo "none ${imageTags(image: '%1$s/group/app', regex: 'v([0-9]+)', credentialsId: 'gitlab')}"
                """.formatted(gitLab.host()));

        jenkins.assertLogContains("all 3", run);
        jenkins.assertLogContains("hub [2017.10.104, 2017.9.103]", run);
        jenkins.assertLogContains("gitlab 2026.47.103 2026.47.10\n", run);
        jenkins.assertLogContains("Listed 2 of 3 tags of " + gitLab.host() + "/group/app among 4", run);
        jenkins.assertLogContains("none []", run);
    }

    @Test
    void tellOfAnImageWhatASandboxedScriptCanLookInto() throws Exception {
        WorkflowRun run = Pipelines.succeed(jenkins, """
                def info = imageInfo(image: '%1$s/group/app', tag: '2026.47.103', credentialsId: 'gitlab')
                echo "made $info.created by ${info.labels['org.opencontainers.image.revision']}"
                echo "arm64 ${info.platforms.any { it.os == 'linux' && it.architecture == 'arm64' }}"
                def same = imageInfo(image: '%1$s/group/app', tag: info.digest, details: false, credentialsId: 'gitlab')
                echo "same ${same.digest == info.digest} ${same.mediaType == info.mediaType}"
                """.formatted(gitLab.host()));

        jenkins.assertLogContains("made 2026-11-20T08:15:00Z by 0123abc", run);
        jenkins.assertLogContains("arm64 true", run);
        jenkins.assertLogContains("same true true", run);
        jenkins.assertLogContains(
                gitLab.host() + "/group/app:2026.47.103 is " + IMAGE.digest() + ", " + IMAGE.mediaType()
                        + ", linux/amd64, linux/arm64/v8,",
                run);
        assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
    }

    @Test
    void giveATokenThatIsNeitherInTheLogNorInTheBuildsFiles() throws Exception {
        WorkflowRun run = Pipelines.succeed(jenkins, """
                def token = registryToken(image: '%1$s/group/app', actions: ['pull', 'push'], credentialsId: 'gitlab')
                echo "plain <$token>"
                withEnv(["TOKEN=$token"]) {
                    sh '''
                        echo "shell <$TOKEN>"
                        printf "Authorization: Bearer %%s" "$TOKEN" | curl -sSf -H @- http://%1$s/v2/group/app/tags/list
                    '''
                }
                token = null
                """.formatted(gitLab.host()));

        String token = gitLab.requests()
                .all("GET", "/v2/group/app/tags/list")
                .get(0)
                .authorization()
                .orElseThrow()
                .substring("Bearer ".length());
        jenkins.assertLogContains("plain <****>", run);
        jenkins.assertLogContains("shell <****>", run);
        jenkins.assertLogContains("2026.47.103", run);
        jenkins.assertLogContains(
                "Got a token from " + gitLab.host() + ", valid for 300 s and masked in this log\n", run);
        assertThat(token).hasSizeGreaterThan(100);
        assertThat(Pipelines.filesHolding(run, token)).isEmpty();
        assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
        assertThat(gitLab.requests().all("GET", "/jwt/auth"))
                .extracting(RecordedRequest::authorizationScheme)
                .allMatch(scheme -> scheme.equals(Optional.of("Basic")));
    }

    @Test
    void failInOneLine() throws Exception {
        String image = gitLab.host() + "/group/app";
        assertFailure(
                "registryToken(image: '" + image + "', actions: ['delete'], credentialsId: 'gitlab')",
                "Cannot get a token from " + gitLab.host()
                        + " for delete on group/app: its token service does not grant delete, only nothing");
        assertFailure(
                "registryToken(credentialsId: 'gitlab')",
                "Cannot get a token from a registry: set either 'image' or 'registry'");
        assertFailure("imageTags(image: '')", "Cannot list the tags of an image: an image name is required");
        assertFailure(
                "registryToken(registry: '" + gitLab.host() + "', actions: ['push'], credentialsId: 'gitlab')",
                "'actions' require 'image'");
        assertFailure("imageTags(image: '" + image + "', limit: 0)", "Cannot list the tags of " + image + ": 'limit'");
        assertFailure("imageTags(image: '" + image + "', pattern: '{x}')", "there is no field {x}");
        assertFailure(
                "imageInfo(image: '" + image + "', tag: 'gone', credentialsId: 'gitlab')",
                "Cannot read the manifest of " + image + ":gone on ");
        assertFailure(
                "imageInfo(image: '" + image + "', tag: 'sha256:1')",
                "Cannot inspect " + image + "@sha256:1: 'sha256:1' is not a digest");
        assertFailure("imageInfo(image: '" + image + "', tag: '')", "'tag' is required");
    }

    private void assertFailure(String step, String expected) throws Exception {
        WorkflowRun run = Pipelines.fail(jenkins, step);
        jenkins.assertLogContains(expected, run);
        jenkins.assertLogNotContains("\tat io.jenkins", run);
    }

    @Test
    void tellOnceHowManyPullsAreLeftWhenTheseAreFew() throws Exception {
        try (InMemoryRegistry limited = InMemoryRegistry.builder().pullLimit(20).start()) {
            limited.push("group/app", "1.0", IMAGE);

            WorkflowRun run = Pipelines.succeed(
                    jenkins, "6.times { imageInfo(image: '" + limited.host() + "/group/app', tag: '1.0') }");

            assertThat(limited.requests().all("GET", ".*/manifests/.*")).hasSize(18);
            assertThat(JenkinsRule.getLog(run).lines().filter(line -> line.contains(" are left on ")))
                    .containsExactly("Warning: only 2 of 20 pulls in 6 h are left on http://" + limited.host());
        }
    }
}
