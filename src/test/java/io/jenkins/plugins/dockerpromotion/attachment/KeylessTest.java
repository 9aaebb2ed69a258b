package io.jenkins.plugins.dockerpromotion.attachment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.attachment.SigstoreInstance.Flaw;
import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement.Identity;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests keyless signatures of a Sigstore instance: valid ones, and ones with a single flaw. */
class KeylessTest {

    private static final String WHO = SigstoreInstance.IDENTITY;
    private static final String ISSUER = SigstoreInstance.ISSUER;
    private static final String SLSA = "https://slsa.dev/provenance/v1";
    private static final SigstoreInstance SIGSTORE = new SigstoreInstance();
    private static final String APP = "group/app";

    @AutoClose
    private final InMemoryRegistry registry = InMemoryRegistry.start();

    private final String digest = registry.push(APP, "1.0", TestImage.oci(1));

    private static VerificationRequirement requirement(String trustedRoot) {
        return SigstoreInstance.requirement(trustedRoot, Identity.of(WHO, "", ISSUER, ""));
    }

    private StoredImage stored() {
        return StoredImage.of(registry, APP, digest);
    }

    private void push(byte[] bundle) {
        registry.push(APP, ImageSigner.attachment(digest, ImageSigner.layer(SignedPayload.BUNDLE, bundle)));
    }

    private void sign(Flaw... flaws) {
        push(SIGSTORE.sign(ImageSigner.statement(digest, SignedPayload.SIGNATURE, Map.of()), flaws));
    }

    private void attest(Object predicate) {
        push(SIGSTORE.sign(ImageSigner.statement(digest, SLSA, predicate)));
    }

    @Test
    void acceptsASignatureAndAnAttestationByTheIdentity() throws Exception {
        sign();
        attest(Map.of("a", 1));

        VerifiedImage verified = stored().verify(SIGSTORE.requirement(SLSA));

        assertThat(verified.summary()).isEqualTo("signed by " + WHO + " (" + ISSUER + "), attestation " + SLSA);
        assertThat(verified.asMap().get("signatures"))
                .isEqualTo(List.of(Map.of(
                        "identity", WHO, "issuer", ISSUER, "format", "bundle", "annotations", Map.of("build", "103"))));
    }

    @ParameterizedTest
    @CsvSource({
        "release@example.com, '', https://issuer.example.com, '', true",
        "'', .*@example[.]com, '', https://issuer.*, true",
        "'', example, https://issuer.example.com, '', false",
        "release@example.co, '', https://issuer.example.com, '', false",
        "release@example.com, '', https://issuer.example.com.evil, '', false",
        "release@example.com, '', '', issuer.example, false"
    })
    void identitiesAreWholeTextsOrExpressionsForTheWhole(
            String identity, String identityRegexp, String issuer, String issuerRegexp, boolean accepted)
            throws Exception {
        sign();
        VerificationRequirement requirement =
                SIGSTORE.requirement(Identity.of(identity, identityRegexp, issuer, issuerRegexp));
        if (accepted) {
            assertThat(stored().verify(requirement).signatures()).hasSize(1);
        } else {
            stored().refuses("signed by " + WHO + " (" + ISSUER + "), who is not a required signer", requirement);
        }
    }

    @Test
    void anIdentityMayBeAWorkflow() throws Exception {
        String workflow = "https://github.com/example/app/.github/workflows/release.yml@refs/heads/main";
        push(SIGSTORE.sign(ImageSigner.statement(digest, SignedPayload.SIGNATURE, Map.of()), workflow, ISSUER));

        assertThat(stored().verify(SIGSTORE.requirement(Identity.of(workflow, "", ISSUER, "")))
                        .signatures())
                .extracting(signature -> signature.signer().identity())
                .containsExactly(workflow);
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatIsWrongInOneWay(Flaw flaw) {
        sign(flaw);
        stored().refuses(flaw.reason(), SIGSTORE.requirement());
    }

    @Test
    void aPredicateMayHoldAnyCharacter() throws Exception {
        sign();
        attest(Map.of("author", "Žofie 🚢"));

        assertThat(stored().verify(SIGSTORE.requirement(SLSA)).attestations()).hasSize(1);
    }

    @Test
    void refusesAnotherImagesSignature() {
        push(SIGSTORE.sign(ImageSigner.statement(TestImage.oci(2).digest(), SignedPayload.SIGNATURE, Map.of())));
        stored().refuses("subject is another image", SIGSTORE.requirement());
    }

    @Test
    void refusesAnotherInstance() {
        sign();
        stored().refuses("Certificate was not verifiable against CAs", new SigstoreInstance().requirement());
    }

    @Test
    void refusesALogThatWasNotTrustedAnyMore() {
        sign();
        stored().refuses(
                        "log was not trusted when",
                        requirement(SIGSTORE.trustedRoot(SigstoreInstance.START.plusSeconds(30))));
    }

    @Test
    void refusesABundleWithoutAnEntry() {
        String bundle = new String(
                SIGSTORE.sign(ImageSigner.statement(digest, SignedPayload.SIGNATURE, Map.of())),
                StandardCharsets.UTF_8);
        String without = bundle.replaceFirst("\"tlogEntries\":\\[.*\\]},\"dsse", "\"tlogEntries\":[]},\"dsse");
        assertThat(without).isNotEqualTo(bundle);
        push(without.getBytes(StandardCharsets.UTF_8));
        stored().refuses("Could not find any tlog entries", SIGSTORE.requirement());
    }

    @Test
    void aTrustedRootThatCannotBeReadIsNamed() {
        sign();
        String root = "{\"mediaType\": \"application/vnd.dev.sigstore.trustedroot+json;version=0.9\"}";
        stored().refuses("the trusted root cannot be used", requirement(root));
        assertThatThrownBy(() -> requirement("{}")).hasMessageContaining("needs the JSON of a trusted root");
    }

    @Test
    void eachPairOfParametersNeedsOne() {
        assertThatThrownBy(() -> Identity.of("", "", ISSUER, ""))
                .hasMessage("set either certificateIdentity or certificateIdentityRegexp");
        assertThatThrownBy(() -> Identity.of(WHO, "", ISSUER, ISSUER))
                .hasMessage("set either certificateOidcIssuer or certificateOidcIssuerRegexp");
        assertThatThrownBy(() -> Identity.of("", "(", ISSUER, "")).hasMessageContaining("not a regular expression");
    }

    @Test
    void keysAndIdentitiesCanBeAskedForTogether() throws Exception {
        ImageSigner signer = ImageSigner.create();
        signer.sign(registry, APP, digest);
        VerificationRequirement both = new VerificationRequirement(
                "verifyImage",
                List.of(signer.publicKey()),
                List.of(Identity.of(WHO, "", ISSUER, "")),
                SIGSTORE.trustedRoot(),
                List.of());
        assertThat(stored().verify(both).signatures())
                .as("one of them is enough")
                .hasSize(1);
        stored().refuses("signature by another signer", both, SIGSTORE.requirement());

        sign();
        assertThat(stored().verify(both, SIGSTORE.requirement()).signatures()).hasSize(2);
    }
}
