package io.jenkins.plugins.dockerpromotion.attachment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.attachment.SigstoreInstance.Circumstances;
import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement.Identity;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Signatures with the certificates of a Sigstore instance, with everything right and with one thing wrong. */
class KeylessTest {

    private static final String WHO = "release@example.com";
    private static final String ISSUER = "https://issuer.example.com";
    private static final String SLSA = "https://slsa.dev/provenance/v1";
    private static final SigstoreInstance SIGSTORE = new SigstoreInstance();
    private static final String APP = "group/app";

    private final InMemoryRegistry registry = InMemoryRegistry.start();
    private final String digest = registry.push(APP, "1.0", TestImage.oci(1));

    @AfterEach
    void close() {
        registry.close();
    }

    private static VerificationRequirement by(String identity, String issuer, String... attestations) {
        return by(SIGSTORE.trustedRoot(), Identity.of(identity, "", issuer, ""), attestations);
    }

    private static VerificationRequirement by(String trustedRoot, Identity identity, String... attestations) {
        return new VerificationRequirement(
                "verifyImage", List.of(), List.of(identity), trustedRoot, List.of(attestations));
    }

    private void sign(String covered, String predicateType, Consumer<Circumstances> odd) {
        byte[] bundle = SIGSTORE.sign(ImageSigner.statement(covered, predicateType, Map.of("a", 1)), odd);
        registry.push(APP, ImageSigner.attachment(digest, ImageSigner.layer(SignedPayload.BUNDLE, bundle)));
    }

    private void sign(Consumer<Circumstances> odd) {
        sign(digest, SignedPayload.SIGNATURE, odd);
    }

    private VerifiedImage verify(VerificationRequirement... requirements)
            throws RegistryException, InterruptedException {
        ImageName image = ImageName.parse(registry.host() + "/" + APP);
        RegistryClient client = RegistryClient.open(
                image,
                RegistryAuthentication.ANONYMOUS,
                Set.of(),
                TestNetwork.of(registry).context());
        return Verifier.verify(client, image, Digest.parse(digest), List.of(requirements), false);
    }

    private void refuses(String reason, VerificationRequirement... requirements) {
        assertThatThrownBy(() -> verify(requirements))
                .isInstanceOf(UnverifiedImageException.class)
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void acceptsASignatureAndAnAttestationByTheIdentity() throws Exception {
        sign(odd -> {});
        sign(digest, SLSA, odd -> {});

        VerifiedImage verified = verify(by(WHO, ISSUER, SLSA));

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
        sign(odd -> {});
        VerificationRequirement requirement =
                by(SIGSTORE.trustedRoot(), Identity.of(identity, identityRegexp, issuer, issuerRegexp));
        if (accepted) {
            assertThat(verify(requirement).signatures()).hasSize(1);
        } else {
            refuses("signed by " + WHO + " (" + ISSUER + "), who is not a required signer", requirement);
        }
    }

    @Test
    void anIdentityMayBeAWorkflow() throws Exception {
        String workflow = "https://github.com/example/app/.github/workflows/release.yml@refs/heads/main";
        sign(odd -> odd.by(workflow, ISSUER));

        assertThat(verify(by(workflow, ISSUER)).signatures())
                .extracting(signature -> signature.signer().identity())
                .containsExactly(workflow);
    }

    static Stream<Arguments> circumstances() {
        Stream<Map.Entry<String, Consumer<Circumstances>>> odd = Stream.of(
                Map.entry("certificate was not valid when it was signed", Circumstances::loggedTooLate),
                Map.entry("No valid SCTs were found", Circumstances::certificateNotLogged),
                Map.entry("No timestamp verification", Circumstances::withoutTime),
                Map.entry("Inclusion proof verification failed", Circumstances::proofOfAnotherTree),
                Map.entry(
                        "its transparency log entry belongs to another signature",
                        Circumstances::entryOfAnotherStatement),
                Map.entry("does not match its certificate", Circumstances::certificateOfAnotherKey));
        return odd.map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest
    @MethodSource("circumstances")
    void refusesWhatIsWrongInOneWay(String reason, Consumer<Circumstances> odd) {
        sign(odd);
        refuses(reason, by(WHO, ISSUER));
    }

    @Test
    void aPredicateMayHoldAnyCharacter() throws Exception {
        sign(odd -> {});
        byte[] statement = ImageSigner.statement(digest, SLSA, Map.of("author", "Žofie 🚢"));
        byte[] bundle = SIGSTORE.sign(statement, odd -> {});
        registry.push(APP, ImageSigner.attachment(digest, ImageSigner.layer(SignedPayload.BUNDLE, bundle)));

        assertThat(verify(by(WHO, ISSUER, SLSA)).attestations()).hasSize(1);
    }

    @Test
    void refusesAnotherImagesSignature() {
        sign(TestImage.oci(2).digest(), SignedPayload.SIGNATURE, odd -> {});
        refuses("subject is another image", by(WHO, ISSUER));
    }

    @Test
    void refusesAnotherInstance() {
        sign(odd -> {});
        refuses(
                "Certificate was not verifiable against CAs",
                by(new SigstoreInstance().trustedRoot(), Identity.of(WHO, "", ISSUER, "")));
    }

    @Test
    void refusesALogThatWasNotTrustedAnyMore() {
        sign(odd -> {});
        refuses(
                "log was not trusted when",
                by(SIGSTORE.trustedRoot(SigstoreInstance.START.plusSeconds(30)), Identity.of(WHO, "", ISSUER, "")));
    }

    @Test
    void refusesABundleWithoutAnEntry() {
        String bundle = new String(
                SIGSTORE.sign(ImageSigner.statement(digest, SignedPayload.SIGNATURE, Map.of()), odd -> {}),
                StandardCharsets.UTF_8);
        String without = bundle.replaceFirst("\"tlogEntries\":\\[.*\\]},\"dsse", "\"tlogEntries\":[]},\"dsse");
        assertThat(without).isNotEqualTo(bundle);
        registry.push(
                APP,
                ImageSigner.attachment(
                        digest, ImageSigner.layer(SignedPayload.BUNDLE, without.getBytes(StandardCharsets.UTF_8))));
        refuses("Could not find any tlog entries", by(WHO, ISSUER));
    }

    @Test
    void aTrustedRootThatCannotBeReadIsNamed() {
        sign(odd -> {});
        String root = "{\"mediaType\": \"application/vnd.dev.sigstore.trustedroot+json;version=0.9\"}";
        refuses("the trusted root cannot be used", by(root, Identity.of(WHO, "", ISSUER, "")));
        assertThatThrownBy(() -> by("{}", Identity.of(WHO, "", ISSUER, "")))
                .hasMessageContaining("needs the JSON of a trusted root");
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
        assertThat(verify(both).signatures()).as("one of them is enough").hasSize(1);
        refuses("signature by another signer", both, by(WHO, ISSUER));

        sign(odd -> {});
        assertThat(verify(both, by(WHO, ISSUER)).signatures()).hasSize(2);
    }
}
