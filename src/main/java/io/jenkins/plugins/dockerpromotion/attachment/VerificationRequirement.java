package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.attachment.VerifiedImage.Signer;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The requirements for an image: a signature by one of the signers, and for each predicate type an attestation signed
 * by one of them. If there are several, all must be met.
 *
 * @param demandedBy who requires this, for error messages: {@code verifyImage}, {@code the rule 'production'}
 * @param publicKeys the signers' keys in PEM format, one or more in each text
 * @param identities the signers in Sigstore certificates
 * @param trustedRoot the trusted certificates and logs: the JSON that {@code cosign trusted-root create} writes;
 *     required with identities
 * @param attestations URIs of predicate types, or cosign's short names
 */
public record VerificationRequirement(
        String demandedBy,
        List<String> publicKeys,
        List<Identity> identities,
        String trustedRoot,
        List<String> attestations)
        implements Serializable {

    /**
     * A signer in a certificate.
     *
     * @param identity the email address or URI
     * @param issuer who confirmed the identity
     */
    public record Identity(Expected identity, Expected issuer) implements Serializable {

        /**
         * Reads cosign's parameters: one of each pair is required.
         *
         * @throws IllegalArgumentException in one line, if one is missing, given twice, or not a valid regular
         *     expression
         */
        public static Identity of(
                String certificateIdentity,
                String certificateIdentityRegexp,
                String certificateOidcIssuer,
                String certificateOidcIssuerRegexp) {
            return new Identity(
                    Expected.of("certificateIdentity", certificateIdentity, certificateIdentityRegexp),
                    Expected.of("certificateOidcIssuer", certificateOidcIssuer, certificateOidcIssuerRegexp));
        }

        boolean is(Signer signer) {
            return signer.key().isEmpty() && identity.is(signer.identity()) && issuer.is(signer.issuer());
        }

        @Override
        public String toString() {
            return identity.text() + " (" + issuer.text() + ")";
        }
    }

    /** A text, or a regular expression for the whole text. */
    public record Expected(String text, boolean regexp) implements Serializable {

        public Expected {
            try {
                Pattern.compile(regexp ? text : "");
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        LogText.quote(text) + " is not a regular expression: " + e.getDescription(), e);
            }
        }

        private static Expected of(String name, String text, String regexp) {
            if (text.isEmpty() == regexp.isEmpty()) {
                throw new IllegalArgumentException("set either " + name + " or " + name + "Regexp");
            }
            return new Expected(text + regexp, text.isEmpty());
        }

        boolean is(String actual) {
            return regexp ? Pattern.matches(text, actual) : text.equals(actual);
        }
    }

    private static final String TRUSTED_ROOT = "application/vnd.dev.sigstore.trustedroot";

    /** Cosign's short names of predicate types ({@code cosign attest --type}). */
    private static final Map<String, String> SHORT_NAMES = Map.of(
            "custom", "https://cosign.sigstore.dev/attestation/v1",
            "cyclonedx", "https://cyclonedx.org/bom",
            "link", "https://in-toto.io/Link/v1",
            "openvex", "https://openvex.dev/ns",
            "slsaprovenance", "https://slsa.dev/provenance/v0.2",
            "slsaprovenance02", "https://slsa.dev/provenance/v0.2",
            "slsaprovenance1", "https://slsa.dev/provenance/v1",
            "spdx", "https://spdx.dev/Document",
            "spdxjson", "https://spdx.dev/Document",
            "vuln", "https://cosign.sigstore.dev/attestation/vuln/v1");

    /** @throws IllegalArgumentException in one line, if one of these is not valid, or if there is no signer */
    public VerificationRequirement {
        publicKeys = List.copyOf(publicKeys);
        identities = List.copyOf(identities);
        attestations = attestations.stream()
                .map(VerificationRequirement::predicateType)
                .distinct()
                .toList();
        if (publicKeys.isEmpty() && identities.isEmpty()) {
            throw new IllegalArgumentException("verification needs a public key or an identity");
        }
        publicKeys.forEach(VerificationRequirement::requireKeys);
        if (!identities.isEmpty() && !isTrustedRoot(trustedRoot)) {
            throw new IllegalArgumentException("verification of identities needs the JSON of a trusted root, as"
                    + " cosign trusted-root create writes it");
        }
    }

    /** A requirement with keys only. */
    public VerificationRequirement(String demandedBy, List<String> publicKeys, List<String> attestations) {
        this(demandedBy, publicKeys, List.of(), "", attestations);
    }

    private static boolean isTrustedRoot(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8))
                .filter(json -> json.text("mediaType").startsWith(TRUSTED_ROOT))
                .isPresent();
    }

    /** @throws IllegalArgumentException in one line without the text, if it is not one or more public keys in PEM format */
    public static void requireKeys(String pem) {
        SigningKey.parse(pem);
    }

    /**
     * The URI of a predicate type.
     *
     * @param name the URI itself, or one of cosign's short names
     * @throws IllegalArgumentException in one line, if it is neither
     */
    public static String predicateType(String name) {
        String uri = SHORT_NAMES.getOrDefault(name, name);
        try {
            if (new URI(uri).isAbsolute()) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Handled like an unknown name.
        }
        throw new IllegalArgumentException(LogText.quote(name) + " is not an attestation type: expected a URI such as"
                + " https://slsa.dev/provenance/v1, or one of "
                + String.join(", ", SHORT_NAMES.keySet().stream().sorted().toList()));
    }

    boolean accepts(Signer signer) {
        return identities.stream().anyMatch(identity -> identity.is(signer));
    }

    List<SigningKey> keys() {
        return publicKeys.stream()
                .flatMap(pem -> SigningKey.parse(pem).stream())
                .distinct()
                .toList();
    }
}
