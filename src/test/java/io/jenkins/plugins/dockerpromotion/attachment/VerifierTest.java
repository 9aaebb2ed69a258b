package io.jenkins.plugins.dockerpromotion.attachment;

import static io.jenkins.plugins.dockerpromotion.testing.ImageSigner.BUNDLE;
import static io.jenkins.plugins.dockerpromotion.testing.ImageSigner.ENVELOPE;
import static io.jenkins.plugins.dockerpromotion.testing.ImageSigner.SIMPLE_SIGNING;
import static io.jenkins.plugins.dockerpromotion.testing.ImageSigner.attachment;
import static io.jenkins.plugins.dockerpromotion.testing.ImageSigner.layer;
import static io.jenkins.plugins.dockerpromotion.testing.ImageSigner.payload;
import static io.jenkins.plugins.dockerpromotion.testing.ImageSigner.statement;
import static io.jenkins.plugins.dockerpromotion.testing.ImageSigner.tag;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.attachment.VerifiedImage.Signed;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner.Layer;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests which signatures and attestations are accepted and which are not. */
class VerifierTest {

    private static final String SLSA = "https://slsa.dev/provenance/v1";
    private static final String SPDX = "https://spdx.dev/Document";
    private static final String SIGN = "https://sigstore.dev/cosign/sign/v1";
    private static final String IN_TOTO = "application/vnd.in-toto+json";
    private static final String APP = "group/app";
    private static final TestImage IMAGE = TestImage.oci(1);
    private static final String OTHER = TestImage.oci(2).digest();
    private static final ImageSigner SIGNER = ImageSigner.create();
    private static final ImageSigner STRANGER = ImageSigner.create();

    @AutoClose
    private InMemoryRegistry registry = InMemoryRegistry.start();

    private String digest = registry.push(APP, "1.0", IMAGE);

    private void without(Quirk quirk) {
        registry.close();
        registry = InMemoryRegistry.builder().with(quirk).start();
        registry.push(APP, "1.0", IMAGE);
    }

    private static VerificationRequirement by(ImageSigner signer, String... attestations) {
        return new VerificationRequirement("verifyImage", List.of(signer.publicKey()), List.of(attestations));
    }

    private VerifiedImage verify(VerificationRequirement... requirements) throws Exception {
        return verify(false, requirements);
    }

    private VerifiedImage verify(boolean predicates, VerificationRequirement... requirements) throws Exception {
        return StoredImage.of(registry, APP, digest).verify(predicates, requirements);
    }

    private void refuses(String reason, VerificationRequirement... requirements) {
        StoredImage.of(registry, APP, digest).refuses(reason, requirements);
    }

    @ParameterizedTest
    @CsvSource({
        "secp256r1, SHA256withECDSA",
        "secp384r1, SHA256withECDSA",
        "secp384r1, SHA384withECDSA",
        "secp521r1, SHA512withECDSA",
        "2048, SHA256withRSA",
        "4096, SHA256withRSA",
        "Ed25519, Ed25519"
    })
    void acceptsSignaturesByEachKindOfKeyInBothFormats(String kind, String algorithm) throws Exception {
        ImageSigner signer = ImageSigner.create(kind, algorithm);
        signer.sign(registry, APP, digest);
        signer.signOlder(registry, APP, digest, Map.of("build", "103"));

        VerifiedImage verified = verify(by(signer));

        assertThat(verified.digest()).hasToString(digest);
        assertThat(verified.signatures())
                .extracting(Signed::format)
                .containsExactlyInAnyOrder("bundle", "simple signing");
        assertThat(verified.signatures()).allSatisfy(signature -> {
            assertThat(signature.signer().key()).isEqualTo(signer.fingerprint());
            assertThat(signature.annotations()).containsExactly(Map.entry("build", "103"));
        });
        assertThat(verified.attestations()).isEmpty();
        refuses("with another key", by(STRANGER));
    }

    @Test
    void oneOfSeveralKeysIsEnough() throws Exception {
        SIGNER.sign(registry, APP, digest);
        VerificationRequirement either = new VerificationRequirement(
                "verifyImage", List.of(STRANGER.publicKey() + SIGNER.publicKey()), List.of());

        assertThat(verify(either).signatures()).hasSize(1);
        assertThat(verify(either).summary()).isEqualTo("signed by key " + SIGNER.fingerprint());
    }

    @Test
    void findsAttestationsOfBothFormatsWithTheirPredicates() throws Exception {
        SIGNER.sign(registry, APP, digest);
        SIGNER.attest(
                registry, APP, digest, SLSA, Map.of("builder", Map.of("id", "jenkins"), "steps", List.of(1, 2.5)));
        SIGNER.attestOlder(registry, APP, digest, SPDX, Map.of("packages", List.of()));

        VerifiedImage verified = verify(true, by(SIGNER, "slsaprovenance1", SPDX));

        assertThat(verified.attestations()).extracting(Signed::predicateType).containsExactlyInAnyOrder(SLSA, SPDX);
        assertThat(verified.summary()).contains("attestation " + SLSA, "attestation " + SPDX);
        assertThat((Object) predicate(verified, SLSA))
                .isEqualTo(Map.of("builder", Map.of("id", "jenkins"), "steps", List.of(1, 2.5)));
        assertThat(predicate(verify(by(SIGNER, SPDX)), SPDX))
                .as("not asked for")
                .isNull();
        assertThat(predicate(verify(true, by(SIGNER, SPDX)), SLSA))
                .as("not named")
                .isNull();
    }

    private static Object predicate(VerifiedImage verified, String type) {
        return verified.attestations().stream()
                .filter(attestation -> attestation.predicateType().equals(type))
                .findFirst()
                .orElseThrow()
                .predicate();
    }

    @Test
    void refusesAnImageWithoutSignatures() {
        refuses("verifyImage needs a signature by the key sha256:", by(SIGNER));
        refuses("needs a signature and an attestation of type " + SLSA, by(SIGNER, SLSA));
        refuses("no tag " + tag(digest, ".sig") + " and no Sigstore bundle", by(SIGNER));
    }

    @Test
    void fulfilsEachRequirementByItself() throws Exception {
        SIGNER.sign(registry, APP, digest);
        STRANGER.attest(registry, APP, digest, SLSA, Map.of());

        refuses("needs an attestation of type " + SLSA + " by the key", by(SIGNER, SLSA));
        refuses("an attestation of type '" + SLSA + "' by another signer", by(SIGNER, SLSA), by(STRANGER, SLSA));
        refuses("needs a signature by the key", by(SIGNER), by(STRANGER, SLSA));

        STRANGER.sign(registry, APP, digest);
        assertThat(verify(by(SIGNER), by(STRANGER, SLSA)).signatures()).hasSize(2);
    }

    @Test
    void anAttestationIsNoSignature() {
        SIGNER.attest(registry, APP, digest, SLSA, Map.of());
        refuses("needs a signature by the key", by(SIGNER, SLSA));
    }

    /** Invalid attachments and the line that explains why they do not count. */
    static Stream<Arguments> whatDoesNotCount() {
        String own = IMAGE.digest();
        byte[] payload = payload(own, Map.of());
        byte[] statement = statement(own, SIGN, Map.of());
        byte[] changed = statement(own, SIGN, Map.of("x", 1));
        byte[] bundle = bundle(SIGNER.envelope(statement));
        Map<String, Object> newer = new HashMap<>(SIGNER.bundle(SIGNER.envelope(statement)));
        newer.put("mediaType", "application/vnd.dev.sigstore.bundle.v0.9+json");
        Map<String, Object> message = new HashMap<>(newer);
        message.put("mediaType", BUNDLE);
        message.remove("dsseEnvelope");
        message.put("messageSignature", Map.of("signature", SIGNER.signature(IMAGE.bytes())));
        Map<String, Object> certificate = new HashMap<>(STRANGER.bundle(STRANGER.envelope(statement)));
        certificate.put("verificationMaterial", Map.of("certificate", Map.of("rawBytes", "AAAA")));
        Map<String, Object> twice = new HashMap<>(SIGNER.envelope(statement));
        twice.put("signatures", List.of(Map.of("sig", "AAAA"), ((List<?>) twice.get("signatures")).get(0)));
        byte[] noStatement = Json.write(Map.of("_type", "https://in-toto.io/Layout/v1", "predicateType", SIGN));
        byte[] noType = statement(own, "", Map.of());
        return Stream.of(
                Arguments.of("with another key", older(payload, STRANGER.signature(payload))),
                Arguments.of("or was changed", older(payload(own, Map.of("a", "b")), SIGNER.signature(payload))),
                Arguments.of("covers another image, '" + OTHER, older(payload(OTHER, Map.of()))),
                Arguments.of("payload is of type ''", older(Json.write(Map.of("critical", Map.of())))),
                Arguments.of("payload is not a JSON object", older("[".getBytes(StandardCharsets.UTF_8))),
                Arguments.of("not base64", older(payload, "<>")),
                Arguments.of(
                        "type is 'application/x', which is not supported",
                        attachment("", layer("application/x", payload))),
                Arguments.of("with another key", newer(Json.write(STRANGER.bundle(STRANGER.envelope(statement))))),
                Arguments.of("one of them was changed", newer(bundle(SIGNER.envelope(changed, IN_TOTO, statement)))),
                Arguments.of(
                        "subject is another image, 'sha256:",
                        newer(bundle(SIGNER.envelope(statement(OTHER, SIGN, Map.of()))))),
                Arguments.of("is truncated", newer(Arrays.copyOf(bundle, bundle.length - 1))),
                Arguments.of("is truncated", newer(new byte[0])),
                Arguments.of("media type is 'application/vnd.dev.sigstore.bundle.v0.9+json'", newer(Json.write(newer))),
                Arguments.of(
                        "type is 'application/vnd.dev.sigstore.bundle.v0.9+json', which is not supported",
                        attachment(own, layer("application/vnd.dev.sigstore.bundle.v0.9+json", bundle))),
                Arguments.of("not a statement about the image", newer(Json.write(message))),
                Arguments.of("with a certificate, not with one of the keys", newer(Json.write(certificate))),
                Arguments.of("2 signatures instead of one", newer(bundle(twice))),
                Arguments.of(
                        "something of type 'text/plain'",
                        newer(bundle(SIGNER.envelope(statement, "text/plain", statement)))),
                Arguments.of("not an in-toto statement", newer(bundle(SIGNER.envelope(noStatement)))),
                Arguments.of("has no predicate type", newer(bundle(SIGNER.envelope(noType)))),
                Arguments.of(
                        "more than 20 signatures",
                        attachment(
                                own,
                                layer(
                                        ENVELOPE,
                                        Json.write(Map.of(
                                                "payload",
                                                "AAAA",
                                                "payloadType",
                                                IN_TOTO,
                                                "signatures",
                                                Collections.nCopies(21, Map.of("sig", "AAAA"))))))),
                Arguments.of(
                        "33554433 bytes, but the limit is 33554432",
                        attachment(own, layer(BUNDLE, new byte[32 * 1024 * 1024 + 1]))));
    }

    private static TestImage older(byte[] payload) {
        return older(payload, SIGNER.signature(payload));
    }

    private static TestImage older(byte[] payload, String signature) {
        return attachment("", layer(SIMPLE_SIGNING, payload, signature));
    }

    private static TestImage newer(byte[] bundle) {
        return attachment(IMAGE.digest(), layer(BUNDLE, bundle));
    }

    private static byte[] bundle(Map<String, Object> envelope) {
        return Json.write(SIGNER.bundle(envelope));
    }

    @ParameterizedTest
    @MethodSource("whatDoesNotCount")
    void saysWhyASignatureDoesNotCount(String reason, TestImage stored) throws Exception {
        boolean refers = new String(stored.bytes(), StandardCharsets.UTF_8).contains("\"subject\"");
        if (refers) {
            registry.push(APP, stored);
        } else {
            registry.push(APP, tag(digest, ".sig"), stored);
        }

        refuses(reason, by(SIGNER));

        SIGNER.sign(registry, APP, digest);
        assertThat(verify(by(SIGNER)).signatures()).as("beside one that counts").hasSize(1);
    }

    @Test
    void aSignatureThatWasMovedToAnotherImageDoesNotCount() throws Exception {
        String other = registry.push(APP, "2.0", TestImage.oci(2));
        SIGNER.signOlder(registry, APP, other, Map.of());
        registry.tag(APP, tag(digest, ".sig"), tag(other, ".sig"));

        refuses("covers another image, '" + other, by(SIGNER));
    }

    static Stream<Arguments> attestationsThatDoNotCount() {
        byte[] own = statement(IMAGE.digest(), SLSA, Map.of());
        byte[] changed = statement(IMAGE.digest(), SLSA, Map.of("x", 1));
        return Stream.of(
                        Map.entry(
                                "subject is another image, '" + OTHER,
                                SIGNER.envelope(statement(OTHER, SLSA, Map.of()))),
                        Map.entry("was changed", STRANGER.envelope(own)),
                        Map.entry("was changed", SIGNER.envelope(changed, IN_TOTO, own)),
                        Map.entry("not an in-toto statement", SIGNER.envelope("{}".getBytes(StandardCharsets.UTF_8))))
                .flatMap(entry -> {
                    byte[] envelope = Json.write(entry.getValue());
                    return Stream.of(
                            Arguments.of(entry.getKey(), "", newer(bundle(entry.getValue()))),
                            Arguments.of(entry.getKey(), ".att", attachment("", layer(ENVELOPE, envelope))),
                            Arguments.of(
                                    "is truncated",
                                    ".att",
                                    attachment("", layer(ENVELOPE, Arrays.copyOf(envelope, envelope.length - 1)))));
                });
    }

    @ParameterizedTest
    @MethodSource("attestationsThatDoNotCount")
    void saysWhyAnAttestationDoesNotCount(String reason, String suffix, TestImage stored) {
        SIGNER.sign(registry, APP, digest);
        if (suffix.isEmpty()) {
            registry.push(APP, stored);
        } else {
            registry.push(APP, tag(digest, suffix), stored);
        }

        refuses("needs an attestation of type " + SLSA, by(SIGNER, SLSA));
        refuses(reason, by(SIGNER, SLSA));
    }

    @Test
    void oneGoodLayerAmongBadOnesIsEnough() throws Exception {
        byte[] payload = payload(digest, Map.of());
        Layer bad = layer(SIMPLE_SIGNING, payload, STRANGER.signature(payload));
        registry.push(
                APP,
                tag(digest, ".sig"),
                attachment("", bad, layer(SIMPLE_SIGNING, payload, SIGNER.signature(payload))));

        assertThat(verify(by(SIGNER)).signatures()).hasSize(1);
        refuses(".sig 1: it is signed with another key", by(ImageSigner.create()));
    }

    /** A registry without the referrers API lists signatures in the fallback tag. */
    @Test
    void findsBundlesUnderTheFallbackTag() throws Exception {
        without(Quirk.NO_REFERRERS_API);
        byte[] bundle = bundle(SIGNER.envelope(statement(digest, SIGN, Map.of())));
        registry.push(APP, tag(digest, ""), TestImage.ociIndex(newer(bundle)));

        assertThat(verify(by(SIGNER)).signatures()).hasSize(1);
    }

    @Test
    void otherReferrersAreNoCandidates() throws Exception {
        registry.push(APP, attachment(digest, layer("application/spdx+json", "{}".getBytes(StandardCharsets.UTF_8))));
        refuses("it has neither signatures nor attestations", by(SIGNER));
        SIGNER.sign(registry, APP, digest);
        assertThat(verify(by(SIGNER)).signatures()).hasSize(1);
    }

    @Test
    void aReferrerWhoseContentIsGoneDoesNotKeepOthersFromCounting() throws Exception {
        byte[] bundle = bundle(SIGNER.envelope(statement(digest, SIGN, Map.of("gone", true))));
        registry.push(APP, newer(bundle));
        registry.deleteBlob(APP, layer(BUNDLE, bundle).content().digest());
        refuses("sha256:", by(SIGNER));

        SIGNER.sign(registry, APP, digest);
        assertThat(verify(by(SIGNER)).signatures()).hasSize(1);
    }

    @Test
    void theLineStaysShortHoweverManySignaturesThereAre() {
        registry.push(APP, tag(digest, ".sig"), attachment("", many(200)));
        refuses("and 195 more", by(SIGNER));
    }

    @Test
    void moreCandidatesThanAnybodyNeedsAreRefused() {
        registry.push(APP, tag(digest, ".sig"), attachment("", many(1001)));
        refuses("more than 1000 signatures and attestations", by(SIGNER));
    }

    private static Layer[] many(int count) {
        return Collections.nCopies(count, layer("application/x", new byte[1])).toArray(Layer[]::new);
    }

    @Test
    void aLargePredicateIsVerifiedButNotHandedToAPipeline() throws Exception {
        SIGNER.sign(registry, APP, digest);
        SIGNER.attest(registry, APP, digest, SPDX, Map.of("text", "x".repeat(5 * 1024 * 1024)));

        assertThat(verify(by(SIGNER, SPDX)).attestations()).hasSize(1);
        assertThatThrownBy(() -> verify(true, by(SIGNER, SPDX))).hasMessageContaining("more than 4 MB");
    }

    @Test
    void theImageOfAnIndexIsVerifiedByItsOwnDigest() throws Exception {
        TestImage index = TestImage.ociIndex(IMAGE, TestImage.oci(3));
        digest = registry.push(APP, "all", index);
        SIGNER.sign(registry, APP, IMAGE.digest());
        refuses("it has neither signatures nor attestations", by(SIGNER));

        SIGNER.sign(registry, APP, digest);
        assertThat(verify(by(SIGNER)).digest()).hasToString(digest);
    }

    @Test
    void theResultIsPlainDataForAPipeline() throws Exception {
        SIGNER.sign(registry, APP, digest);
        SIGNER.attest(registry, APP, digest, SLSA, List.of(true));

        Map<String, Object> map = verify(true, by(SIGNER)).asMap();

        assertThat(map)
                .isEqualTo(Map.of(
                        "digest",
                        digest,
                        "signatures",
                        List.of(Map.of(
                                "key",
                                SIGNER.fingerprint(),
                                "format",
                                "bundle",
                                "annotations",
                                Map.of("build", "103"))),
                        "attestations",
                        List.of(Map.of(
                                "key", SIGNER.fingerprint(),
                                "format", "bundle",
                                "annotations", Map.of("build", "103"),
                                "predicateType", SLSA,
                                "predicate", List.of(true)))));
    }
}
