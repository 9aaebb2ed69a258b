package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.VerificationRule;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.Waiting;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Tests {@code verifyImage}, and promotions that require a signature. */
class SignedImageStepsTest extends StepTest {

    private static final String SLSA = "https://slsa.dev/provenance/v1";
    private static final ImageSigner SIGNER = ImageSigner.create();
    private static final ImageSigner STRANGER = ImageSigner.create();

    private String digest;

    @BeforeAll
    static void addKeys() throws Exception {
        Setup.addText("key", SIGNER.publicKey());
        Setup.addCredentials(new FileCredentialsImpl(
                CredentialsScope.GLOBAL,
                "key-file",
                "",
                "cosign.pub",
                SecretBytes.fromBytes(SIGNER.publicKey().getBytes(StandardCharsets.UTF_8))));
        Setup.addText("no-key", "hunter2");
    }

    @BeforeEach
    void sign() {
        digest = registry.push("group/app", "1.0", TestImage.oci(1));
        registry.push("group/app", "2.0", TestImage.oci(2));
        SIGNER.sign(registry, "group/app", digest);
        SIGNER.attest(registry, "group/app", digest, SLSA, Map.of("builder", "ci"));
    }

    private String image() {
        return image("app") + ", ";
    }

    @Test
    void tellsWhoSignedAnImageByAKeyOfEachKind() throws Exception {
        String pem = SIGNER.publicKey().replace("\n", "\\n");
        WorkflowRun run = succeed("""
                for (key in ['key', 'key-file', '%2$s']) {
                    def verified = verifyImage(%1$s tag: '1.0', publicKeys: [key], attestations: ['slsaprovenance1'], predicates: true)
                    echo "<${verified.digest} ${verified.signatures.size()} ${verified.attestations[0].predicate.builder}>"
                    verifyImage(%1$s tag: verified.digest, publicKeys: [key])
                }
                """.formatted(image(), pem));
        assertThat(JenkinsRule.getLog(run).split("<" + digest + " 1 ci>", -1)).hasSize(4);
        jenkins.assertLogContains("signed by key " + SIGNER.fingerprint(), run);
    }

    @Test
    void failsInOneLineForWhatIsNotSignedAsRequired() throws Exception {
        String stranger = STRANGER.publicKey().replace("\n", "\\n");
        for (Map.Entry<String, String> refused : Map.of(
                        "tag: '1.0', publicKeys: ['" + stranger + "']",
                        "verifyImage needs a signature by the key",
                        "tag: '1.0', publicKeys: ['key'], attestations: ['spdx']",
                        "an attestation of type https://spdx.dev/Document",
                        "tag: '1.0', publicKeys: ['hub']",
                        "use a secret text or a secret file",
                        "tag: '1.0', publicKeys: ['no-key']",
                        "credentials 'no-key': this is not a public key in PEM format",
                        "tag: '3.0', publicKeys: ['key']",
                        "it answered 404")
                .entrySet()) {
            WorkflowRun run = fail("verifyImage(" + image() + refused.getKey() + ")", "Cannot ", refused.getValue());
            jenkins.assertLogNotContains("hunter2", run);
        }
    }

    @Test
    void promotesWhatIsSignedAndNothingElse() throws Exception {
        succeed("promoteImage(" + image() + "tag: '1.0', to: ['a'], verify: [publicKeys: ['key'], attestations: ['"
                + SLSA + "']])");
        assertThat(registry.digestOf("group/app", "a")).contains(digest);

        for (String plan : List.of("", ", dryRun: true")) {
            fail(
                    "promoteImage(" + image() + "tag: '2.0', to: ['b'], verify: [publicKeys: ['key']]" + plan + ")",
                    "'verify' needs a signature by the key");
        }
        WorkflowRun mistyped = Pipelines.fail(
                jenkins, "promoteImage(" + image() + "tag: '1.0', to: ['b'], verify: [publicKey: ['key']])");
        jenkins.assertLogContains("publicKey", mistyped);
        assertThat(registry.tags("group/app")).doesNotContain("b");
    }

    @Test
    void theRulesOfAdministratorsHoldWhateverAJenkinsfileAsksFor() throws Exception {
        VerificationRule rule = new VerificationRule(registry.host() + "/group/*");
        rule.setTags("prod*");
        rule.setPublicKeys(SIGNER.publicKey());
        DockerPromotionConfiguration.get().setVerificationRules(List.of(rule));
        try {
            fail("promoteImage(" + image() + "tag: '2.0', to: ['x', 'production'])", "the administrator's rule for ");
            assertThat(registry.tags("group/app")).doesNotContain("x", "production");
            succeed("promoteImage(" + image() + "tag: '2.0', to: ['x'])");
            succeed("promoteImage(" + image() + "tag: '1.0', to: ['production'])");
            fail(
                    "promoteImage(" + image() + "tag: '1.0', to: ['prod-2'], verify: [publicKeys: ['"
                            + STRANGER.publicKey().replace("\n", "\\n") + "']])",
                    "'verify' needs a signature");
        } finally {
            DockerPromotionConfiguration.get().setVerificationRules(List.of());
        }
    }

    @Test
    void promotesADigestToTargetsThatAreNamed() throws Exception {
        succeed("promoteImage(" + image() + "tag: '" + digest + "', to: ['stable'])");
        assertThat(registry.digestOf("group/app", "stable")).contains(digest);

        fail("promoteImage(" + image() + "tag: '" + digest + "')", "is a digest: name the targets in 'to'");
    }

    @Test
    void theTrainIsCheckedBeforeAnyOfItsTagsMoves() throws Exception {
        registry.push("group/other", "1", TestImage.oci(3));
        String images =
                "images: [[image: '%1$s/group/app', tag: '1.0'], [image: '%1$s/group/other', tag: '1', to: ['x', 'y']%2$s]]";
        String both =
                "promoteImages(" + images + ", to: ['together'], credentialsId: 'hub', verify: [publicKeys: ['key']])";
        fail(both.formatted(registry.host(), ""), "'verify' needs a signature by the key");
        assertThat(registry.tags("group/app")).doesNotContain("together");

        STRANGER.sign(registry, "group/other", TestImage.oci(3).digest());
        String own = ", verify: [publicKeys: ['" + STRANGER.publicKey().replace("\n", "\\n") + "']]";
        WorkflowRun run = succeed("def r = " + both.formatted(registry.host(), own)
                + "\necho \"<${r.keySet().size()} ${r['" + registry.host() + "/group/other'].targets*.tag}>\"");
        jenkins.assertLogContains("<2 [x, y]>", run);
        assertThat(registry.digestOf("group/app", "together")).contains(digest);
        assertThat(registry.digestOf("group/other", "x"))
                .contains(TestImage.oci(3).digest());
    }

    @Test
    void aDryRunOfATrainPrintsATableAndChangesNothing() throws Exception {
        registry.push("group/other", "1", TestImage.oci(3));
        WorkflowRun run = succeed("""
                promoteImages(images: [[image: '%1$s/group/app', tag: '1.0'], [image: '%1$s/group/other', tag: '1']],
                    to: ['{tag}-rc'], credentialsId: 'hub', dryRun: true)
                """.formatted(registry.host()));
        assertThat(JenkinsRule.getLog(run)).containsPattern("IMAGE +TARGET +NOW +THEN");
        assertThat(registry.tags("group/app")).doesNotContain("1.0-rc");
    }

    @Test
    void anAbortedTrainPutsBackWhatMoved() throws Exception {
        registry.push("group/other", "1", TestImage.oci(3));
        registry.push("group/other", "latest", TestImage.oci(4));
        registry.onRequest(
                RecordedRequest.matching("PUT", "/v2/group/app/manifests/latest"),
                Fault.hang().always());
        WorkflowRun run = begin("""
                promoteImages(images: [[image: '%1$s/group/app', tag: '1.0'], [image: '%1$s/group/other', tag: '1']],
                    to: ['latest'], credentialsId: 'hub')
                """.formatted(registry.host()));
        registry.requests().await(RecordedRequest.matching("PUT", "/v2/group/app/manifests/latest"));
        registry.requests()
                .await(r -> RecordedRequest.matching("PUT", "/v2/group/other/manifests/latest")
                                .test(r)
                        && r.status() == 201);

        abort(run);

        // The build waits for the operation for a limited time only, so it may have ended first.
        Waiting.until("the operation to end", () -> RepositoryLocks.get().count() == 0);
        assertThat(registry.digestOf("group/other", "latest"))
                .contains(TestImage.oci(4).digest());
        assertThat(registry.digestOf("group/app", "latest")).isEmpty();
    }
}
