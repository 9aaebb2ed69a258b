package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A signed statement about an image in one of cosign's formats. Check the signer before you use its claims. */
final class SignedPayload {

    /** Cosign's older format for signatures (containers/image, "simple signing"). */
    static final String SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json";

    /** Cosign's older format for attestations (secure-systems-lab/dsse, "envelope"). */
    static final String ENVELOPE = "application/vnd.dsse.envelope.v1+json";

    /** Cosign's current format for both (sigstore/protobuf-specs, "Bundle"). */
    static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

    /** The start of the media type of a bundle of any version. */
    static final String BUNDLES = "application/vnd.dev.sigstore.bundle";

    /** The predicate type of a plain signature, without further claims. */
    static final String SIGNATURE = "https://sigstore.dev/cosign/sign/v1";

    private static final String SIMPLE_TYPE = "cosign container image signature";
    private static final String IN_TOTO = "application/vnd.in-toto+json";
    private static final Set<String> STATEMENTS =
            Set.of("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1");
    private static final Set<String> STATEMENT_FIELDS = Set.of("_type", "subject", "predicateType");
    private static final int MAX_SIGNATURES = 20;

    private final String format;
    private final byte[] payload;
    private final byte[] signed;
    private final List<byte[]> signatures;
    private final Json material;
    private final byte[] document;

    private SignedPayload(
            String format, byte[] payload, byte[] signed, List<byte[]> signatures, Json material, byte[] document) {
        this.format = format;
        this.payload = payload;
        this.signed = signed;
        this.signatures = signatures;
        this.material = material;
        this.document = document;
    }

    /**
     * The claim of a payload about one image.
     *
     * @param predicateType {@link #SIGNATURE} for a plain signature
     * @param annotations what the signer added
     */
    record Claim(String predicateType, Map<String, String> annotations) {
        boolean isSignature() {
            return predicateType.equals(SIGNATURE);
        }
    }

    /** Reads a layer of cosign's tag {@code sha256-<hex>.sig}, whose signature is in an annotation. */
    static SignedPayload simpleSigning(byte[] payload, String signature) throws RefusedException {
        return new SignedPayload("simple signing", payload, payload, List.of(decode(signature)), Json.NONE, payload);
    }

    /** Reads a layer of cosign's tag {@code sha256-<hex>.att}. */
    static SignedPayload envelope(byte[] json) throws RefusedException {
        Json envelope = Json.parseDocument(json, Set.of("payload", "payloadType", "signatures"))
                .orElseThrow(() -> new RefusedException("it is not a JSON object, or is truncated"));
        return envelope("DSSE envelope", envelope, Json.NONE, json);
    }

    /** Reads a Sigstore bundle. */
    static SignedPayload bundle(byte[] json) throws RefusedException {
        Json bundle = Json.parseDocument(
                        json, Set.of("mediaType", "verificationMaterial", "dsseEnvelope", "messageSignature"))
                .orElseThrow(() -> new RefusedException("it is not a JSON object, or is truncated"));
        String kind = bundle.text("mediaType");
        if (!kind.equals(BUNDLE)) {
            throw new RefusedException(
                    "its media type is " + LogText.quote(kind) + ", but only " + BUNDLE + " is supported");
        }
        if (!bundle.field("dsseEnvelope").isObject()) {
            throw new RefusedException(
                    bundle.has("messageSignature")
                            ? "it signs the image's bytes, not a statement about the image like cosign does"
                            : "it does not contain a signed statement");
        }
        SignedPayload read =
                envelope("bundle", bundle.field("dsseEnvelope"), bundle.field("verificationMaterial"), json);
        if (read.signatures.size() != 1) {
            throw new RefusedException("it contains " + read.signatures.size() + " signatures instead of one");
        }
        return read;
    }

    private static SignedPayload envelope(String format, Json envelope, Json material, byte[] document)
            throws RefusedException {
        String type = envelope.text("payloadType");
        if (!type.equals(IN_TOTO)) {
            throw new RefusedException("it signs something of type " + LogText.quote(type) + ", not " + IN_TOTO);
        }
        byte[] payload = decode(envelope.text("payload"));
        List<byte[]> signatures = new ArrayList<>();
        for (Json signature : envelope.field("signatures").items()) {
            if (signatures.size() == MAX_SIGNATURES) {
                throw new RefusedException("it contains more than " + MAX_SIGNATURES + " signatures");
            }
            signatures.add(decode(signature.text("sig")));
        }
        return new SignedPayload(
                format, payload, preAuthenticationEncoding(type, payload), signatures, material, document);
    }

    /** The bytes that the signatures of an envelope cover (secure-systems-lab/dsse, "protocol"). */
    private static byte[] preAuthenticationEncoding(String type, byte[] payload) {
        byte[] name = type.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(payload.length + 100);
        bytes.writeBytes(
                ("DSSEv1 " + name.length + " " + type + " " + payload.length + " ").getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(payload);
        return bytes.toByteArray();
    }

    /** An envelope may use either base64 alphabet. */
    private static byte[] decode(String base64) throws RefusedException {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64.replace('-', '+').replace('_', '/'));
            if (bytes.length > 0) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // Handled like missing data.
        }
        throw new RefusedException("its payload or a signature is missing, or is not base64");
    }

    /** {@code simple signing}, {@code DSSE envelope} or {@code bundle}. */
    String format() {
        return format;
    }

    /** The first of {@code keys} that made one of the signatures. */
    Optional<SigningKey> signedBy(Collection<SigningKey> keys) {
        return keys.stream()
                .filter(key -> signatures.stream().anyMatch(signature -> key.signed(signed, signature)))
                .findFirst();
    }

    /** Whether this was signed with the certificate that it contains, instead of a key. */
    boolean hasCertificate() {
        return material.has("certificate") || material.has("x509CertificateChain");
    }

    /** The original bytes: a bundle, an envelope, or a payload. */
    byte[] document() {
        return document;
    }

    /** The signed content, without its envelope. */
    byte[] payload() {
        return payload;
    }

    boolean isSignedWith(byte[] signature) {
        return signatures.size() == 1 && Arrays.equals(signatures.get(0), signature);
    }

    /** Why this was not signed by any of the requested signers, in one line. */
    String refusal(Collection<SigningKey> keys) {
        String hint = material.field("publicKey").text("hint");
        if (keys.stream().anyMatch(key -> key.hint().equals(hint))) {
            return "it names the requested key, but its signature does not match the payload: one of them was changed";
        }
        if (hasCertificate()) {
            return "it is signed with a certificate, not with one of the keys";
        }
        return "it is signed with another key, or was changed after it was signed";
    }

    /** The claim about {@code image}; refused if it is about something else. */
    Claim claim(Digest image) throws RefusedException {
        return format.equals("simple signing") ? simpleClaim(image) : statement(image);
    }

    private Claim simpleClaim(Digest image) throws RefusedException {
        Json json = Json.parse(payload).orElseThrow(() -> new RefusedException("its payload is not a JSON object"));
        Json critical = json.field("critical");
        if (!critical.text("type").equals(SIMPLE_TYPE)) {
            throw new RefusedException(
                    "its payload is of type " + LogText.quote(critical.text("type")) + ", not '" + SIMPLE_TYPE + "'");
        }
        String covered = critical.field("image").text("docker-manifest-digest");
        if (!covered.equals(image.toString())) {
            throw new RefusedException("it covers another image, " + LogText.quote(covered));
        }
        return new Claim(SIGNATURE, annotations(json.field("optional")));
    }

    private Claim statement(Digest image) throws RefusedException {
        Json json = Json.parseDocument(payload, STATEMENT_FIELDS)
                .orElseThrow(() -> new RefusedException("its payload is not a JSON object"));
        if (!STATEMENTS.contains(json.text("_type"))) {
            throw new RefusedException("its payload is of type " + LogText.quote(json.text("_type"))
                    + ", not an in-toto statement of version 1 or 0.1");
        }
        if (json.text("predicateType").isEmpty()) {
            throw new RefusedException("its statement has no predicate type");
        }
        List<Json> subjects = json.field("subject").items();
        for (Json subject : subjects) {
            if (subject.field("digest").text(image.algorithm()).equals(image.hex())) {
                return new Claim(json.text("predicateType"), annotations(subject.field("annotations")));
            }
        }
        String others = subjects.stream()
                .limit(2)
                .map(subject -> LogText.quote(subject.field("digest").texts().entrySet().stream()
                        .map(digest -> digest.getKey() + ":" + digest.getValue())
                        .collect(Collectors.joining(" "))))
                .collect(Collectors.joining(", "));
        throw new RefusedException("its subject is another image" + (others.isEmpty() ? "" : ", " + others));
    }

    private static Map<String, String> annotations(Json json) {
        return Collections.unmodifiableMap(new TreeMap<>(json.texts()));
    }

    /** The statement's predicate as maps, lists, strings, numbers, booleans and {@code null}. */
    Object predicate() throws RefusedException {
        return Json.parseDocument(payload, Set.of("predicate"))
                .orElseThrow(() -> new RefusedException("its predicate contains too many values"))
                .field("predicate")
                .plain();
    }
}
