package io.jenkins.plugins.dockerpromotion.testing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Signs images with a generated key, in both formats of cosign. */
public final class ImageSigner {

    public static final String SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json";
    public static final String ENVELOPE = "application/vnd.dsse.envelope.v1+json";
    public static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private static final String IN_TOTO = "application/vnd.in-toto+json";
    private static final String SIGNATURE = "https://sigstore.dev/cosign/sign/v1";

    private final KeyPair keys;
    private final String algorithm;

    private ImageSigner(KeyPair keys, String algorithm) {
        this.keys = keys;
        this.algorithm = algorithm;
    }

    /** Generates an ECDSA key on P-256, like {@code cosign generate-key-pair}. */
    public static ImageSigner create() {
        return create("secp256r1", "SHA256withECDSA");
    }

    /**
     * Generates a key.
     *
     * @param kind the name of a curve, {@code Ed25519}, or the number of bits of an RSA key
     * @param algorithm the JCA name of the signature algorithm
     */
    public static ImageSigner create(String kind, String algorithm) {
        try {
            boolean rsa = kind.matches("[0-9]+");
            KeyPairGenerator generator =
                    KeyPairGenerator.getInstance(rsa ? "RSA" : kind.startsWith("secp") ? "EC" : kind);
            if (rsa) {
                generator.initialize(Integer.parseInt(kind));
            } else if (kind.startsWith("secp")) {
                generator.initialize(new ECGenParameterSpec(kind));
            }
            return new ImageSigner(generator.generateKeyPair(), algorithm);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public String publicKey() {
        return pem("PUBLIC KEY", keys.getPublic().getEncoded());
    }

    public PublicKey key() {
        return keys.getPublic();
    }

    public String privateKey() {
        return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    }

    /** The SHA-256 digest of the DER-encoded public key, with the prefix {@code sha256:}. */
    public String fingerprint() {
        return Content.digestOf(keys.getPublic().getEncoded());
    }

    public static String pem(String kind, byte[] der) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
    }

    /** The signature of {@code content}, in base64. */
    public String signature(byte[] content) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            if (algorithm.equals("RSASSA-PSS")) {
                signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            }
            signature.initSign(keys.getPrivate());
            signature.update(content);
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The simple signing payload of cosign's older format, for the manifest {@code digest}. */
    public static byte[] payload(String digest, Map<String, String> annotations) {
        return TestJson.bytes(Map.of(
                "critical",
                Map.of(
                        "identity", Map.of("docker-reference", "registry.example.com/app"),
                        "image", Map.of("docker-manifest-digest", digest),
                        "type", "cosign container image signature"),
                "optional",
                annotations));
    }

    /** An in-toto statement with {@code digest} as its subject. */
    public static byte[] statement(String digest, String predicateType, Object predicate) {
        String[] parts = digest.split(":");
        return TestJson.bytes(Map.of(
                "_type",
                "https://in-toto.io/Statement/v1",
                "subject",
                List.of(Map.of("digest", Map.of(parts[0], parts[1]), "annotations", Map.of("build", "103"))),
                "predicateType",
                predicateType,
                "predicate",
                predicate));
    }

    /** A DSSE envelope that contains and signs {@code statement}. */
    public Map<String, Object> envelope(byte[] statement) {
        return envelope(statement, IN_TOTO, statement);
    }

    /** An envelope that contains {@code held}, but signs {@code signed}. */
    public Map<String, Object> envelope(byte[] held, String type, byte[] signed) {
        byte[] head =
                ("DSSEv1 " + type.length() + " " + type + " " + signed.length + " ").getBytes(StandardCharsets.UTF_8);
        byte[] covered = new byte[head.length + signed.length];
        System.arraycopy(head, 0, covered, 0, head.length);
        System.arraycopy(signed, 0, covered, head.length, signed.length);
        return Map.of(
                "payload", Base64.getEncoder().encodeToString(held),
                "payloadType", type,
                "signatures", List.of(Map.of("sig", signature(covered))));
    }

    /** A Sigstore bundle with an envelope; its key hint refers to this key. */
    public Map<String, Object> bundle(Map<String, Object> envelope) {
        byte[] hash = Content.sha256().digest(keys.getPublic().getEncoded());
        Map<String, Object> bundle = new LinkedHashMap<>();
        bundle.put("mediaType", BUNDLE);
        bundle.put(
                "verificationMaterial",
                Map.of("publicKey", Map.of("hint", Base64.getEncoder().encodeToString(hash))));
        bundle.put("dsseEnvelope", envelope);
        return bundle;
    }

    /** Pushes a Sigstore bundle with a signature; returns the digest of the referrer. */
    public String sign(InMemoryRegistry registry, String repository, String digest) {
        return attest(registry, repository, digest, SIGNATURE, Map.of());
    }

    /** Pushes a Sigstore bundle with an attestation; returns the digest of the referrer. */
    public String attest(
            InMemoryRegistry registry, String repository, String digest, String predicateType, Object predicate) {
        byte[] bundle = TestJson.bytes(bundle(envelope(statement(digest, predicateType, predicate))));
        return registry.push(repository, attachment(digest, layer(BUNDLE, bundle)));
    }

    /** Pushes a signature in cosign's older format, under the {@code .sig} tag. */
    public void signOlder(
            InMemoryRegistry registry, String repository, String digest, Map<String, String> annotations) {
        byte[] payload = payload(digest, annotations);
        registry.push(
                repository, tag(digest, ".sig"), attachment("", layer(SIMPLE_SIGNING, payload, signature(payload))));
    }

    /** Pushes an attestation in cosign's older format, under the {@code .att} tag. */
    public void attestOlder(
            InMemoryRegistry registry, String repository, String digest, String predicateType, Object predicate) {
        byte[] envelope = TestJson.bytes(envelope(statement(digest, predicateType, predicate)));
        registry.push(repository, tag(digest, ".att"), attachment("", layer(ENVELOPE, envelope)));
    }

    /** The tag of an attachment, such as {@code sha256-<hex>.sig}. */
    public static String tag(String digest, String suffix) {
        return digest.replace(':', '-') + suffix;
    }

    /**
     * A layer of an attachment.
     *
     * @param signature the value of cosign's signature annotation; empty for none
     */
    public record Layer(String mediaType, Content content, String signature) {

        private Map<String, Object> descriptor() {
            Map<String, Object> descriptor =
                    new LinkedHashMap<>(ImageJson.descriptor(mediaType, content.digest(), content.size()));
            if (!signature.isEmpty()) {
                descriptor.put("annotations", Map.of("dev.cosignproject.cosign/signature", signature));
            }
            return descriptor;
        }
    }

    public static Layer layer(String mediaType, byte[] content) {
        return layer(mediaType, content, "");
    }

    public static Layer layer(String mediaType, byte[] content, String signature) {
        return new Layer(mediaType, Content.of(content), signature);
    }

    /** @param subject the digest of the subject; empty for none */
    public static TestImage attachment(String subject, Layer... layers) {
        Content config = Content.of("{}");
        Map<String, Content> blobs = new LinkedHashMap<>();
        blobs.put(config.digest(), config);
        List<Map<String, Object>> descriptors = new ArrayList<>();
        for (Layer layer : layers) {
            blobs.put(layer.content().digest(), layer.content());
            descriptors.add(layer.descriptor());
        }
        return ImageJson.manifest(
                ImageJson.descriptor("application/vnd.oci.empty.v1+json", config.digest(), 2),
                descriptors,
                subject.isEmpty()
                        ? Map.of()
                        : Map.of("subject", ImageJson.descriptor(TestImage.OCI_MANIFEST, subject, 1)),
                blobs);
    }
}
