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

/** Signs images as cosign does, in both of its formats, with a key of its own. */
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

    /** One with a new ECDSA key on P-256, as {@code cosign generate-key-pair} makes them. */
    public static ImageSigner create() {
        return create("secp256r1", "SHA256withECDSA");
    }

    /**
     * One with a new key.
     *
     * @param kind the name of a curve, {@code Ed25519}, or RSA's bits
     * @param algorithm that it signs with
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

    /** {@code sha256:} and the digest of the key in its DER form. */
    public String fingerprint() {
        return Content.digestOf(keys.getPublic().getEncoded());
    }

    public static String pem(String kind, byte[] der) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
    }

    /** The base64 of this key's signature of {@code content}. */
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

    /** The older format's payload, which says that it is about {@code digest}. */
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

    /** An in-toto statement about {@code digest}. */
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

    /** A DSSE envelope around {@code statement}. */
    public Map<String, Object> envelope(byte[] statement) {
        return envelope(statement, IN_TOTO, statement);
    }

    /** An envelope whose signature covers {@code signed}, whatever it holds. */
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

    /** A Sigstore bundle around an envelope, which names this key. */
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

    /** Signs an image of {@code registry} with a bundle; returns the digest of the referrer. */
    public String sign(InMemoryRegistry registry, String repository, String digest) {
        return attest(registry, repository, digest, SIGNATURE, Map.of());
    }

    /** Attests something about an image of {@code registry} with a bundle; returns the digest of the referrer. */
    public String attest(
            InMemoryRegistry registry, String repository, String digest, String predicateType, Object predicate) {
        byte[] bundle = TestJson.bytes(bundle(envelope(statement(digest, predicateType, predicate))));
        return registry.push(repository, attachment(digest, layer(BUNDLE, bundle)));
    }

    /** Signs an image of {@code registry} under cosign's older tag. */
    public void signOlder(
            InMemoryRegistry registry, String repository, String digest, Map<String, String> annotations) {
        byte[] payload = payload(digest, annotations);
        registry.push(
                repository, tag(digest, ".sig"), attachment("", layer(SIMPLE_SIGNING, payload, signature(payload))));
    }

    /** Attests something about an image of {@code registry} under cosign's older tag. */
    public void attestOlder(
            InMemoryRegistry registry, String repository, String digest, String predicateType, Object predicate) {
        byte[] envelope = TestJson.bytes(envelope(statement(digest, predicateType, predicate)));
        registry.push(repository, tag(digest, ".att"), attachment("", layer(ENVELOPE, envelope)));
    }

    /** The tag under which something is attached to an image. */
    public static String tag(String digest, String suffix) {
        return digest.replace(':', '-') + suffix;
    }

    /**
     * A layer of an attachment.
     *
     * @param signature beside it; empty for none
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

    /** @param subject the digest of the manifest that this refers to; empty for none */
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
