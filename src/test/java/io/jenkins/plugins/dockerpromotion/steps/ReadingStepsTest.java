package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
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

/**
 * Tests {@code findTagForBuild}, {@code imageTags}, {@code imageInfo} and {@code registryToken}, on Docker Hub and on a
 * GitLab registry.
 */
class ReadingStepsTest extends StepTest {

    private static final TestImage IMAGE = TestImage.ociIndex(
            TestImage.oci(1)
                    .withCreated(Instant.parse("2026-11-20T08:15:00Z"))
                    .withLabel("org.opencontainers.image.revision", "0123abc"),
            TestImage.oci(2).withPlatform("linux", "arm64", "v8").withCreated(Instant.parse("2026-11-20T08:14:00Z")));

    private static final List<String> TAGS = List.of(
            "2017.2.103",
            "2017.2.1030",
            "2017.2.2103",
            "2017x2y103",
            "2017.9.104",
            "2017.10.104",
            "release-7",
            "latest");

    private InMemoryRegistry gitLab;

    @BeforeAll
    static void addCredentials() throws Exception {
        Setup.addLogin("gitlab", "deployer", Pipelines.PASSWORD);
    }

    @BeforeEach
    void push() {
        hub.registry().addTags("technolog/serviceone", TestImage.docker(1), TAGS);
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
    void closeGitLab() {
        gitLab.close();
    }

    @Test
    void findTheTagOfABuildOnDockerHubAndOnARegistry() throws Exception {
        registry.addTags("group/app", TestImage.docker(1), TAGS);
        succeed(
                """
                echo "hub <${findTagForBuild(image: 'technolog/serviceone', build: 103, credentialsId: 'hub')}>"
                echo "registry <${findTagForBuild(%s, build: '103')}>"
                echo "several <${findTagForBuild(image: 'technolog/serviceone', build: 104)}>"
                echo "regex <${findTagForBuild(image: 'technolog/serviceone', build: 7, regex: 'release-(?<build>[0-9]+)')}>"
                echo "optional <${findTagForBuild(image: 'technolog/serviceone', build: 999, optional: true)}>"
                """.formatted(image("app")),
                "hub <2017.2.103>",
                "Found technolog/serviceone:2017.2.103 among 8 tags",
                "registry <2017.2.103>",
                "several <2017.10.104>",
                "older tags of the same build: 2017.9.104",
                "regex <release-7>",
                "optional <null>");
    }

    @Test
    void findTheTagOfABuildByOtherPatterns() throws Exception {
        hub.registry()
                .addTags(
                        "technolog/other",
                        TestImage.docker(1),
                        List.of("1.4.7", "1.4.70", "20170109-7", "7-0a1b2c3d4e5f", "1.5.7-rc.1", "1.5.7"));

        WorkflowRun run = succeed("""
                def patterns = ['1.4.{build}', '{major}.{minor}.{build}', '{year}{month}{day}-{build}', '{build}-{sha}',
                                '{major}.{minor}.{build}{prerelease}']
                echo "tags ${patterns.collect { findTagForBuild(image: 'technolog/other', build: 7, pattern: it) }}"
                """);

        jenkins.assertLogContains("tags [1.4.7, 1.5.7, 20170109-7, 7-0a1b2c3d4e5f, 1.5.7]", run);
        jenkins.assertLogContains("older tags of the same build: 1.5.7-rc.1, 1.4.7", run);
    }

    @Test
    void tellAnUnreachableRegistryFromAMissingTagEvenIfItIsOptional() throws Exception {
        registry.close();

        fail("findTagForBuild(" + image("app") + ", build: 1, optional: true)", "refused", registry.host());
    }

    @Test
    void sendNothingToAHostThatIsNotAllowed() throws Exception {
        DockerPromotionConfiguration.get().setAllowedHosts(List.of("docker.io"));
        try {
            fail(
                    "imageTags image: '" + gitLab.host() + "/group/app', credentialsId: 'gitlab'",
                    gitLab.host(),
                    "is not among the allowed registry hosts",
                    "Manage Jenkins » System » Docker Image Promotion");

            assertThat(gitLab.requests().count()).isZero();
        } finally {
            DockerPromotionConfiguration.get().setAllowedHosts(List.of());
        }
    }

    @Test
    void listTagsOfDockerHubAndOfARegistry() throws Exception {
        WorkflowRun run = succeed("""
                def weeks = '{year}.{week}.{build}'
                echo "all ${imageTags('technolog/serviceone').size()}"
                echo "hub ${imageTags(image: 'technolog/serviceone', pattern: weeks, credentialsId: 'hub')}"
                def tags = imageTags(image: '%1$s/group/app', pattern: weeks, limit: 2, credentialsId: 'gitlab')
                echo "gitlab ${tags.join(' ')}"
                echo "none ${imageTags(image: '%1$s/group/app', regex: 'v([0-9]+)', credentialsId: 'gitlab')}"
                """.formatted(gitLab.host()));

        jenkins.assertLogContains("all 8", run);
        jenkins.assertLogContains("hub [2017.10.104, 2017.9.104, 2017.2.2103, 2017.2.1030, 2017.2.103]", run);
        jenkins.assertLogContains("gitlab 2026.47.103 2026.47.10\n", run);
        jenkins.assertLogContains("Listed 2 of 3 tags of " + gitLab.host() + "/group/app among 4", run);
        jenkins.assertLogContains("none []", run);
    }

    @Test
    void tellOfAnImageWhatASandboxedScriptCanLookInto() throws Exception {
        WorkflowRun run = succeed("""
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
    }

    @Test
    void giveATokenThatIsNeitherInTheLogNorInTheBuildsFiles() throws Exception {
        WorkflowRun run = succeed("""
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
        assertThat(gitLab.requests().all("GET", "/jwt/auth"))
                .extracting(RecordedRequest::authorizationScheme)
                .allMatch(scheme -> scheme.equals(Optional.of("Basic")));
    }

    @Test
    void failInOneLine() throws Exception {
        String image = gitLab.host() + "/group/app";
        fail(
                "registryToken(image: '" + image + "', actions: ['delete'], credentialsId: 'gitlab')",
                "Cannot get a token from " + gitLab.host()
                        + " for delete on group/app: its token service does not grant delete, only nothing");
        fail(
                "registryToken(registry: '" + gitLab.host() + "', actions: ['push'], credentialsId: 'gitlab')",
                "'actions' require 'image'");
        fail(
                "imageInfo(image: '" + image + "', tag: 'sha256:1')",
                "Cannot inspect " + image + "@sha256:1: 'sha256:1' is not a digest");
    }

    @Test
    void tellOnceHowManyPullsAreLeftWhenTheseAreFew() throws Exception {
        try (InMemoryRegistry limited = InMemoryRegistry.builder().pullLimit(20).start()) {
            limited.push("group/app", "1.0", IMAGE);

            WorkflowRun run = succeed("6.times { imageInfo(image: '" + limited.host() + "/group/app', tag: '1.0') }");

            assertThat(limited.requests().all("GET", ".*/manifests/.*")).hasSize(18);
            assertThat(JenkinsRule.getLog(run).lines().filter(line -> line.contains(" are left on ")))
                    .containsExactly("Warning: only 2 of 20 pulls in 6 h are left on http://" + limited.host());
        }
    }
}
