package io.jenkins.plugins.dockerpromotion.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.Result;
import hudson.slaves.DumbSlave;
import hudson.slaves.EnvironmentVariablesNodeProperty;
import hudson.util.Secret;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.config.SignatureRisk;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.webhook.DockerPushCause;
import io.jenkins.plugins.dockerpromotion.webhook.WebhookConfiguration;
import io.jenkins.plugins.dockerpromotion.webhook.WebhookToken;
import io.jenkins.plugins.dockerpromotion.webhook.Webhooks;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.scriptsecurity.scripts.ScriptApproval;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;

/** Runs the code of {@code docs/MIGRATING.md} in the sandbox, without script approvals. */
@WithController
class MigratingPageTest {

    private static final String CONNECTION = "From `openConnection` and script approvals";
    private static final String CURL = "From `curl` and `jq`";
    private static final String WITH_REGISTRY = "From `docker.withRegistry` and `image.push`";
    private static final String HTTP_REQUEST = "From the HTTP Request plugin";
    private static final String NOTIFICATION = "From the Docker Hub Notification plugin";

    private static final String COSIGN = "From `cosign verify` in a shell";

    private static final ImageSigner SIGNER = ImageSigner.create();
    private static final String PASSWORD = "only-for-the-page";
    private static final String IMAGE = "technolog/serviceone";

    /** A fake docker client that logs its arguments and the registry it is logged in to. */
    private static final String DOCKER = """
            #!/bin/sh
            echo "$* [$(sed -n 's/.*"\\(registry.example.com\\)".*/\\1/p' "$DOCKER_CONFIG/config.json" 2>/dev/null)]" >>"$0.log"
            """;

    @TempDir
    private static Path bin;

    private static JenkinsRule jenkins;
    private InMemoryDockerHub hub;
    private InMemoryRegistry registry;

    private static String page() throws Exception {
        return Files.readString(Path.of("docs/MIGRATING.md"));
    }

    /** Returns the code of a section under {@code Before} or {@code After}. */
    private static String code(String section, String label) throws Exception {
        String text =
                page().split("\n## " + Pattern.quote(section) + "\n", 2)[1].split("\n## ", 2)[0];
        Matcher code = Pattern.compile(
                        "^" + label + "[^\n]*:\n\n```groovy\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(text);
        assertThat(code.find()).as(section).isTrue();
        return code.group(1);
    }

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        jenkins.jenkins.setNumExecutors(0);
        jenkins.jenkins.setQuietPeriod(0);
        Files.writeString(bin.resolve("docker"), DOCKER);
        Files.setPosixFilePermissions(bin.resolve("docker"), PosixFilePermissions.fromString("rwx------"));
        DumbSlave agent = jenkins.createOnlineSlave();
        agent.getNodeProperties()
                .add(new EnvironmentVariablesNodeProperty(
                        new EnvironmentVariablesNodeProperty.Entry("PATH+DOCKER", bin.toString())));
        for (String id : List.of("docker-hub", "gitlab", "registry")) {
            Setup.addLogin(id, "technolog", PASSWORD);
        }
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new StringCredentialsImpl(
                        CredentialsScope.GLOBAL, "release-key", "", Secret.fromString(SIGNER.publicKey())));
    }

    @BeforeEach
    void open() throws Exception {
        hub = InMemoryDockerHub.builder().user("technolog", PASSWORD).start();
        registry = InMemoryRegistry.builder()
                .bearer()
                .tokenPath("/jwt/auth")
                .user("technolog", PASSWORD)
                .start();
        configure();
    }

    private void configure() throws Exception {
        Setup.useDockerHub(
                hub,
                new RegistryConfiguration("registry.example.com", registry.uri().toString()));
    }

    @AfterEach
    void close() {
        hub.close();
        registry.close();
    }

    private static WorkflowJob job(String jenkinsfile) throws Exception {
        WorkflowJob job = Setup.job(jenkins, jenkinsfile);
        return job;
    }

    private static WorkflowRun succeed(String jenkinsfile) throws Exception {
        WorkflowRun run = jenkins.buildAndAssertSuccess(job(jenkinsfile));
        Setup.assertNoApprovalAsked();
        return run;
    }

    @Test
    void everySectionIsRunHere() throws Exception {
        assertThat(Pattern.compile("^## (.*)$", Pattern.MULTILINE)
                        .matcher(page())
                        .results()
                        .map(heading -> heading.group(1)))
                .containsExactly(CONNECTION, CURL, WITH_REGISTRY, HTTP_REQUEST, NOTIFICATION, COSIGN);
        assertThat(page().split("\nAfter:\n")).hasSize(7);
    }

    @Test
    void releasesWithoutAConnectionOfItsOwn() throws Exception {
        hub.registry().push(IMAGE, "2017.2.1030", TestImage.docker(1));
        String digest = hub.registry().push(IMAGE, "2017.2.103", TestImage.ociIndex(TestImage.oci(2)));

        WorkflowRun run = succeed(code(CONNECTION, "After"));

        jenkins.assertLogContains(IMAGE + ":2017.2.103 is released as " + digest, run);
        assertThat(hub.registry().digestOf(IMAGE, "2017.2.103-rc")).contains(digest);
        assertThat(hub.registry().digestOf(IMAGE, "latest")).contains(digest);
    }

    /** Approves one rejected signature after the other until the helper works. The page must list exactly these. */
    @Test
    void theHelperNeedsTheApprovalsThatThePageNames() throws Exception {
        hub.registry().push(IMAGE, "2017.2.103", TestImage.docker(1));
        WorkflowJob job = job(code(CONNECTION, "Before")
                .replace("https://hub.docker.com", hub.uri().toString()));
        ScriptApproval approvals = ScriptApproval.get();
        List<String> needed = new ArrayList<>();
        try {
            while (job.scheduleBuild2(0).get().getResult() != Result.SUCCESS) {
                List<String> refused = approvals.getPendingSignatures().stream()
                        .map(pending -> pending.signature)
                        .toList();
                assertThat(refused).as(JenkinsRule.getLog(job.getLastBuild())).hasSize(1);
                approvals.approveSignature(refused.get(0));
                needed.addAll(refused);
            }
        } finally {
            approvals.setApprovedSignatures(new String[0]);
        }

        assertThat(Files.readString(bin.resolve("docker.log"))).contains("push " + IMAGE + ":2017.2.103-rc");
        assertThat(new TreeSet<>(needed))
                .containsExactlyElementsOf(
                        page().split("```text\n")[1].split("```")[0].lines().toList());
        assertThat(needed).allMatch(signature -> SignatureRisk.of(signature).isPresent());
    }

    @Test
    void promotesWhatIsSignedWithoutCosign() throws Exception {
        String digest = registry.push("group/app", "1.0", TestImage.oci(1));
        String code = code(COSIGN, "After");

        jenkins.assertBuildStatus(Result.FAILURE, job(code).scheduleBuild2(0));
        assertThat(registry.tags("group/app")).doesNotContain("production");

        SIGNER.sign(registry, "group/app", digest);
        SIGNER.attest(registry, "group/app", digest, "https://slsa.dev/provenance/v1", Map.of());
        succeed(code);
        assertThat(registry.digestOf("group/app", "production")).contains(digest);
    }

    @Test
    void prunesWithoutCurl() throws Exception {
        for (int build = 1; build <= 12; build++) {
            registry.push(
                    "group/app",
                    "2019.20." + build,
                    TestImage.oci(build).withCreated(Instant.parse("2019-05-20T08:00:00Z")));
        }
        registry.tag("group/app", "main", "2019.20.1");
        String code = code(CURL, "After");

        jenkins.assertLogContains("2 tags would be deleted, 10 kept", succeed(code));
        jenkins.assertLogContains("Deleted 2 tags and kept 10", succeed(code.replace("dryRun: true", "dryRun: false")));

        assertThat(registry.tags("group/app"))
                .hasSize(11)
                .contains("main", "2019.20.3")
                .doesNotContain("2019.20.2");
    }

    @Test
    void pushesInABlockAndPromotesWhatWasPushed() throws Exception {
        String digest = registry.push("group/app", "1.0.1", TestImage.docker(1));
        Files.deleteIfExists(bin.resolve("docker.log"));

        succeed(code(WITH_REGISTRY, "After"));

        assertThat(Files.readAllLines(bin.resolve("docker.log")))
                .containsExactly(
                        "build --tag registry.example.com/group/app:1.0.1 . [registry.example.com]",
                        "push registry.example.com/group/app:1.0.1 [registry.example.com]");
        assertThat(registry.digestOf("group/app", "latest")).contains(digest);
    }

    @Test
    void looksAtAnImageWithoutHttpRequest() throws Exception {
        registry.push("group/app", "2026.47.9", TestImage.oci(1));
        String digest = registry.push(
                "group/app",
                "2026.47.10",
                TestImage.oci(2)
                        .withCreated(Instant.parse("2026-11-20T08:15:00Z"))
                        .withLabel("org.opencontainers.image.revision", "0123abc"));

        WorkflowRun run = succeed(code(HTTP_REQUEST, "After"));

        jenkins.assertLogContains("2026.47.10 is " + digest + ", created 2026-11-20T08:15:00Z, revision 0123abc", run);
    }

    @Test
    void startsAtAPushAndAnswersIt() throws Exception {
        hub.close();
        // Callbacks require HTTPS.
        hub = InMemoryDockerHub.builder()
                .user("technolog", PASSWORD)
                .tls(TestCertificates.shared().serverContext())
                .start();
        configure();
        String digest = hub.registry().push(IMAGE, "2017.2.103", TestImage.docker(1));
        hub.registry().push(IMAGE, "staging", TestImage.docker(2));
        WorkflowJob job = job(code(NOTIFICATION, "After"));
        jenkins.buildAndAssertSuccess(job);

        Webhooks.deliver(jenkins, IMAGE, "staging", hub.callbackUrl(IMAGE));
        Webhooks.deliver(jenkins, IMAGE, "2017.2.103", hub.callbackUrl(IMAGE));

        WorkflowRun run = jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(Webhooks.build(job, 2)));
        assertThat(run.getCause(DockerPushCause.class).getTag()).isEqualTo("2017.2.103");
        assertThat(hub.registry().digestOf(IMAGE, "staging")).contains(digest);
        hub.requests().await(request -> !hub.callbacks().isEmpty());
        assertThat(hub.callbacks())
                .extracting(callback -> callback.get("state").asText())
                .containsExactly("success");
    }

    /**
     * Tokens of the Docker Hub Notification plugin keep working at its URL. Only their SHA-256 hash has to be migrated.
     */
    @Test
    void theTokensOfTheNotificationPluginOpenTheirAddress() throws Exception {
        String token = "0123456789abcdef0123456789abcdef";
        String hash = Digest.sha256(token.getBytes(StandardCharsets.US_ASCII)).hex();
        WebhookConfiguration.get().setTokens(List.of(new WebhookToken("Docker Hub", hash)));
        String payload =
                "{\"push_data\": {\"tag\": \"1.0\"}, \"repository\": {\"repo_name\": \"technolog/nobody-waits-for\"}}";

        HttpRequest push = HttpRequest.newBuilder(
                        jenkins.getURL().toURI().resolve("dockerhub-webhook/" + token + "/notify"))
                .POST(HttpRequest.BodyPublishers.ofString(payload))
                .build();

        assertThat(HttpClient.newHttpClient()
                        .send(push, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(202);
    }
}
