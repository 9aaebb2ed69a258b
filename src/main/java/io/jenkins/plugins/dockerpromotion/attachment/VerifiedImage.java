package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An image that meets its requirements, with the signatures and attestations that count.
 *
 * @param digest the digest that all of them cover
 */
public record VerifiedImage(Digest digest, List<Signed> signatures, List<Signed> attestations) implements Serializable {

    public VerifiedImage {
        signatures = List.copyOf(signatures);
        attestations = List.copyOf(attestations);
    }

    /**
     * One signature or attestation.
     *
     * @param signer who signed it
     * @param format {@code bundle} (Sigstore), {@code simple signing} or {@code DSSE envelope} (cosign's older forms)
     * @param predicateType of the statement
     * @param annotations what the signer added
     * @param predicate maps, lists, strings, numbers, booleans and {@code null}; {@code null} if not requested
     */
    public record Signed(
            Signer signer, String format, String predicateType, Map<String, String> annotations, Serializable predicate)
            implements Serializable {

        private Map<String, Object> asMap(boolean attestation) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.putAll(signer.asMap());
            map.put("format", format);
            map.put("annotations", new LinkedHashMap<>(annotations));
            if (attestation) {
                map.put("predicateType", predicateType);
                map.put("predicate", predicate);
            }
            return map;
        }
    }

    /**
     * A signer: a key, or an identity that an issuer confirmed.
     *
     * @param key its fingerprint; empty for a certificate
     * @param identity the certificate's: an email address or a URI; empty for a key
     * @param issuer who confirmed the identity; empty for a key
     */
    public record Signer(String key, String identity, String issuer) implements Serializable {

        static Signer of(SigningKey key) {
            return new Signer(key.toString(), "", "");
        }

        private Map<String, String> asMap() {
            return key.isEmpty() ? Map.of("identity", identity, "issuer", issuer) : Map.of("key", key);
        }

        @Override
        public String toString() {
            return key.isEmpty() ? identity + " (" + issuer + ")" : "key " + key;
        }
    }

    /** The same as maps, lists and strings for a Pipeline. */
    public Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("digest", digest.toString());
        map.put(
                "signatures",
                signatures.stream().map(s -> s.asMap(false)).collect(Collectors.toCollection(ArrayList::new)));
        map.put(
                "attestations",
                attestations.stream().map(a -> a.asMap(true)).collect(Collectors.toCollection(ArrayList::new)));
        return map;
    }

    /** What verified the image, in one line for the log and the history. */
    public String summary() {
        String by =
                signatures.stream().map(s -> s.signer().toString()).distinct().collect(Collectors.joining(", "));
        return "signed by " + by
                + attestations.stream()
                        .map(Signed::predicateType)
                        .distinct()
                        .map(type -> ", attestation " + type)
                        .collect(Collectors.joining());
    }
}
