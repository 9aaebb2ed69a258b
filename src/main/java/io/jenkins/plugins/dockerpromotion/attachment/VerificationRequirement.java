package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.attachment.VerifiedImage.Signer;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.Quoted;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What an image has to have: a signature by one of the signers, and for each predicate type an attestation that one of
 * them signed. Of several requirements, all have to be fulfilled.
 *
 * @param demandedBy who asks for this, as errors name it: {@code verifyImage}, {@code the rule 'production'}
 * @param publicKeys signers' keys in PEM form, one or more in each text
 * @param identities signers that Sigstore certificates name
 * @param trustedRoot whose certificates and logs are believed: the JSON that {@code cosign trusted-root create} writes;
 *     needed with identities
 * @param attestations the URIs of predicate types, or the short names that cosign has for some
 */
public record VerificationRequirement(
        String demandedBy,
        List<String> publicKeys,
        List<Identity> identities,
        String trustedRoot,
        List<String> attestations)
        implements Serializable {

    /**
     * A signer that a certificate names.
     *
     * @param identity the email address or URI
     * @param issuer who vouched for it
     */
    public record Identity(Expected identity, Expected issuer) implements Serializable {

        /**
         * Reads the parameters as cosign names them, of which each pair needs one.
         *
         * @throws IllegalArgumentException in one line, if one is missing or double, or is no regular expression
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

    /** A text, or a regular expression for the whole of it. */
    public record Expected(String text, boolean regexp) implements Serializable {

        public Expected {
            try {
                Pattern.compile(regexp ? text : "");
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        Quoted.of(text) + " is no regular expression: " + e.getDescription(), e);
            }
        }

        private static Expected of(String name, String text, String regexp) {
            if (text.isEmpty() == regexp.isEmpty()) {
                throw new IllegalArgumentException("a signer needs either " + name + " or " + name + "Regexp");
            }
            return new Expected(text + regexp, text.isEmpty());
        }

        boolean is(String actual) {
            return regexp ? Pattern.matches(text, actual) : text.equals(actual);
        }
    }

    private static final int MAX_TRUSTED_ROOT = 1024 * 1024;
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

    /** @throws IllegalArgumentException in one line, if one of these is not what it should be, or there is no signer */
    public VerificationRequirement {
        publicKeys = List.copyOf(publicKeys);
        identities = List.copyOf(identities);
        attestations = attestations.stream()
                .map(VerificationRequirement::predicateType)
                .distinct()
                .toList();
        if (publicKeys.isEmpty() && identities.isEmpty()) {
            throw new IllegalArgumentException("to verify an image, a public key or an identity is needed");
        }
        publicKeys.forEach(SigningKey::parse);
        if (!identities.isEmpty() && !isTrustedRoot(trustedRoot)) {
            throw new IllegalArgumentException("to verify identities, the JSON of a trusted root is needed, as cosign"
                    + " trusted-root create writes it");
        }
    }

    /** With keys alone. */
    public VerificationRequirement(String demandedBy, List<String> publicKeys, List<String> attestations) {
        this(demandedBy, publicKeys, List.of(), "", attestations);
    }

    private static boolean isTrustedRoot(String text) {
        return text.length() <= MAX_TRUSTED_ROOT
                && Json.parse(text.getBytes(StandardCharsets.UTF_8))
                        .filter(json -> json.text("mediaType").startsWith(TRUSTED_ROOT))
                        .isPresent();
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
            // The same as a name that is not known.
        }
        throw new IllegalArgumentException(Quoted.of(name) + " is no type of attestation: expected a URI such as "
                + "https://slsa.dev/provenance/v1, or one of "
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
