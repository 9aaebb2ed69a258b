package io.jenkins.plugins.dockerpromotion.attachment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which keys and attestation types a requirement accepts. */
class VerificationRequirementTest {

    private static final ImageSigner SIGNER = ImageSigner.create();

    private static VerificationRequirement requirement(String key, String... attestations) {
        return new VerificationRequirement("verifyImage", List.of(key), List.of(attestations));
    }

    static Stream<Arguments> noKeys() {
        byte[] key = SIGNER.publicKey().getBytes();
        return Stream.of(
                Arguments.of("", "not a public key in PEM format"),
                Arguments.of("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA", "not a public key in PEM format"),
                Arguments.of(SIGNER.publicKey().substring(0, 100), "not a public key in PEM format"),
                Arguments.of(SIGNER.privateKey(), "a private key; supply the public key"),
                Arguments.of(
                        ImageSigner.pem("EC PARAMETERS", new byte[8]) + ImageSigner.pem("EC PRIVATE KEY", key),
                        "a private key"),
                Arguments.of(
                        ImageSigner.pem("RSA PRIVATE KEY", key)
                                .replaceFirst("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"),
                        "a private key"),
                Arguments.of(SIGNER.publicKey() + SIGNER.privateKey(), "a private key"),
                Arguments.of(ImageSigner.pem("EC PARAMETERS", new byte[8]), "the parameters of a private key; supply"),
                Arguments.of(
                        ImageSigner.pem("PGP PUBLIC KEY BLOCK", key), "not in the form -----BEGIN PUBLIC KEY-----"),
                Arguments.of(ImageSigner.pem("ENCRYPTED SIGSTORE PRIVATE KEY", key), "a private key"),
                Arguments.of(ImageSigner.pem("CERTIFICATE", key), "a certificate; supply its key"),
                Arguments.of(ImageSigner.pem("RSA PUBLIC KEY", key), "openssl rsa -RSAPublicKey_in"),
                Arguments.of(ImageSigner.pem("PUBLIC KEY", key), "damaged or of another kind: supply an ECDSA key"),
                Arguments.of(SIGNER.publicKey().replace("\n", "\\n"), "with line breaks instead of \\n"),
                Arguments.of(ImageSigner.create("Ed448", "Ed448").publicKey(), "of another kind: supply an ECDSA key"),
                Arguments.of(ImageSigner.create("1024", "SHA256withRSA").publicKey(), "an RSA key of 1024 bits"));
    }

    @ParameterizedTest
    @MethodSource("noKeys")
    void saysWhatIsWrongWithAKeyWithoutShowingIt(String pem, String reason) {
        assertThatThrownBy(() -> requirement(pem))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1))
                .satisfies(e -> assertThat(pem.lines().filter(line -> line.length() > 30))
                        .noneMatch(line -> e.getMessage().contains(line)));
    }

    @Test
    void readsAKeyWithTextAroundItAndWindowsLines() {
        String pem = "release key\r\n" + SIGNER.publicKey().replace("\n", "\r\n") + "\r\n# end";
        assertThat(requirement(pem).keys()).extracting(SigningKey::toString).containsExactly(SIGNER.fingerprint());
    }

    @Test
    void needsAKey() {
        assertThatThrownBy(() -> new VerificationRequirement("verifyImage", List.of(), List.of()))
                .hasMessageContaining("verification needs a public key or an identity");
    }

    @ParameterizedTest
    @CsvSource({
        "custom, https://cosign.sigstore.dev/attestation/v1",
        "cyclonedx, https://cyclonedx.org/bom",
        "link, https://in-toto.io/Link/v1",
        "openvex, https://openvex.dev/ns",
        "slsaprovenance, https://slsa.dev/provenance/v0.2",
        "slsaprovenance02, https://slsa.dev/provenance/v0.2",
        "slsaprovenance1, https://slsa.dev/provenance/v1",
        "spdx, https://spdx.dev/Document",
        "spdxjson, https://spdx.dev/Document",
        "vuln, https://cosign.sigstore.dev/attestation/vuln/v1",
        "https://example.com/scan/v1, https://example.com/scan/v1",
        "urn:example:scan, urn:example:scan"
    })
    void knowsTheShortNamesOfCosign(String name, String uri) {
        assertThat(requirement(SIGNER.publicKey(), name, uri).attestations()).containsExactly(uri);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SPDX", "provenance", "not a uri", "/relative"})
    void refusesWhatIsNoPredicateType(String name) {
        assertThatThrownBy(() -> requirement(SIGNER.publicKey(), name))
                .hasMessageContaining("is not an attestation type")
                .hasMessageContaining("slsaprovenance1");
    }
}
