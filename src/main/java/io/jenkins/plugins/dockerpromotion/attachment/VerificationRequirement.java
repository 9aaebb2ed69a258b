package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.http.Quoted;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;

/**
 * What an image has to have: a signature by one of the keys, and for each predicate type an attestation that one of them
 * signed. Of several requirements, all have to be fulfilled.
 *
 * @param demandedBy who asks for this, as errors name it: {@code verifyImage}, {@code the rule 'production'}
 * @param publicKeys in PEM form, one or more in each text
 * @param attestations the URIs of predicate types, or the short names that cosign has for some
 */
public record VerificationRequirement(String demandedBy, List<String> publicKeys, List<String> attestations)
        implements Serializable {

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

    /** @throws IllegalArgumentException in one line, if a key or a type is none, or there is no key */
    public VerificationRequirement {
        publicKeys = List.copyOf(publicKeys);
        attestations = attestations.stream()
                .map(VerificationRequirement::predicateType)
                .distinct()
                .toList();
        if (publicKeys.isEmpty()) {
            throw new IllegalArgumentException("a public key is needed to verify an image with");
        }
        publicKeys.forEach(SigningKey::parse);
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

    List<SigningKey> keys() {
        return publicKeys.stream()
                .flatMap(pem -> SigningKey.parse(pem).stream())
                .distinct()
                .toList();
    }
}
