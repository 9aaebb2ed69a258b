package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement.Identity;
import io.jenkins.plugins.dockerpromotion.testing.Content;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.TestJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * An offline Sigstore instance: a certificate authority, a certificate transparency log and a transparency log. It can
 * produce signatures with selected {@linkplain Flaw flaws}.
 */
public final class SigstoreInstance {

    /** The start of each certificate's validity, which is ten minutes. */
    public static final Instant START = Instant.parse("2024-05-20T08:00:00Z");

    /** The default signer. */
    public static final String IDENTITY = "release@example.com";

    public static final String ISSUER = "https://issuer.example.com";

    private static final String LOG = "rekor.example.com";

    private final KeyPair authority = keys();
    private final KeyPair certificates = keys();
    private final KeyPair log = keys();
    private final X509CertificateHolder root = root();

    /** A flaw of a signature. */
    public enum Flaw {
        /** The log entry is an hour after the start of the certificate's validity of ten minutes. */
        LOGGED_TOO_LATE("certificate was not valid when it was signed"),
        CERTIFICATE_NOT_LOGGED("No valid SCTs were found"),
        /** The signed time of the log is missing. */
        NO_TIME("No timestamp verification"),
        PROOF_OF_ANOTHER_TREE("Inclusion proof verification failed"),
        ENTRY_OF_ANOTHER_STATEMENT("its transparency log entry belongs to another signature"),
        /** The certificate's key did not make the signature. */
        CERTIFICATE_OF_ANOTHER_KEY("does not match its certificate");

        private final String reason;

        Flaw(String reason) {
            this.reason = reason;
        }

        /** Returns the reason why a signature with this flaw is rejected. */
        public String reason() {
            return reason;
        }
    }

    /** Requires a signature and attestations by {@link #IDENTITY}. */
    VerificationRequirement requirement(String... attestations) {
        return requirement(Identity.of(IDENTITY, "", ISSUER, ""), attestations);
    }

    VerificationRequirement requirement(Identity identity, String... attestations) {
        return requirement(trustedRoot(), identity, attestations);
    }

    static VerificationRequirement requirement(String trustedRoot, Identity identity, String... attestations) {
        return new VerificationRequirement(
                "verifyImage", List.of(), List.of(identity), trustedRoot, List.of(attestations));
    }

    /** Returns the trusted root that {@code cosign trusted-root create} would write for this instance. */
    public String trustedRoot() {
        return trustedRoot(START.plus(Duration.ofDays(3650)));
    }

    /** @param end the end of the transparency log's validity */
    public String trustedRoot(Instant end) {
        Map<String, Object> authorities = new LinkedHashMap<>();
        authorities.put("subject", Map.of("organization", "example.com", "commonName", "authority"));
        authorities.put("uri", "https://fulcio.example.com");
        authorities.put("certChain", Map.of("certificates", List.of(Map.of("rawBytes", base64(encoded(root))))));
        authorities.put("validFor", Map.of("start", "2020-01-01T00:00:00Z"));
        return TestJson.text(Map.of(
                "mediaType", "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                "certificateAuthorities", List.of(authorities),
                "ctlogs", List.of(trusted("https://ctfe.example.com", certificates.getPublic(), START.plusSeconds(1))),
                "tlogs", List.of(trusted("https://" + LOG, log.getPublic(), end))));
    }

    private static Map<String, Object> trusted(String url, PublicKey key, Instant end) {
        return Map.of(
                "baseUrl",
                url,
                "hashAlgorithm",
                "SHA2_256",
                "publicKey",
                Map.of(
                        "rawBytes", base64(key.getEncoded()),
                        "keyDetails", "PKIX_ECDSA_P256_SHA_256",
                        "validFor", Map.of("start", "2020-01-01T00:00:00Z", "end", end.toString())),
                "logId",
                Map.of("keyId", base64(sha256(key.getEncoded()))));
    }

    /** Signs an in-toto statement and returns the bundle, which is valid except for the flaws. */
    public byte[] sign(byte[] statement, Flaw... flaws) {
        return sign(statement, IDENTITY, ISSUER, flaws);
    }

    public byte[] sign(byte[] statement, String identity, String issuer, Flaw... flaws) {
        Set<Flaw> wrong = Set.of(flaws);
        ImageSigner signer = ImageSigner.create();
        ImageSigner certified = wrong.contains(Flaw.CERTIFICATE_OF_ANOTHER_KEY) ? ImageSigner.create() : signer;
        byte[] certificate =
                encoded(certificate(certified.key(), identity, issuer, !wrong.contains(Flaw.CERTIFICATE_NOT_LOGGED)));
        Map<String, Object> envelope = signer.envelope(statement);
        String signature = (String) ((Map<?, ?>) ((List<?>) envelope.get("signatures")).get(0)).get("sig");
        byte[] logged = wrong.contains(Flaw.ENTRY_OF_ANOTHER_STATEMENT)
                ? "another".getBytes(StandardCharsets.UTF_8)
                : statement;
        Map<String, Object> material = new LinkedHashMap<>();
        material.put("certificate", Map.of("rawBytes", base64(certificate)));
        material.put("tlogEntries", List.of(entry(body(logged, signature, certificate), wrong)));
        Map<String, Object> bundle = new LinkedHashMap<>();
        bundle.put("mediaType", ImageSigner.BUNDLE);
        bundle.put("verificationMaterial", material);
        bundle.put("dsseEnvelope", envelope);
        return TestJson.bytes(bundle);
    }

    /** Returns the canonical log entry (sigstore/rekor, type dsse 0.0.1). Fields are sorted by name. */
    private static byte[] body(byte[] statement, String signature, byte[] certificate) {
        String hash = "{\"algorithm\":\"sha256\",\"value\":\"" + HexFormat.of().formatHex(sha256(statement)) + "\"}";
        String verifier = base64(ImageSigner.pem("CERTIFICATE", certificate).getBytes(StandardCharsets.UTF_8));
        return ("{\"apiVersion\":\"0.0.1\",\"kind\":\"dsse\",\"spec\":{\"envelopeHash\":" + hash + ",\"payloadHash\":"
                        + hash + ",\"signatures\":[{\"signature\":\"" + signature + "\",\"verifier\":\"" + verifier
                        + "\"}]}}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Creates the entry and its inclusion proof as the second of two leaves (RFC 6962, section 2.1). */
    private Map<String, Object> entry(byte[] body, Set<Flaw> wrong) {
        long time = START.plusSeconds(wrong.contains(Flaw.LOGGED_TOO_LATE) ? 3600 : 60)
                .getEpochSecond();
        byte[] sibling = sha256(new byte[] {1, 2, 3});
        byte[] leaf = sha256(joined(new byte[] {0}, wrong.contains(Flaw.PROOF_OF_ANOTHER_TREE) ? sibling : body));
        byte[] tree = sha256(joined(new byte[] {1}, sibling, leaf));
        byte[] id = sha256(log.getPublic().getEncoded());
        String head = LOG + " - 1\n2\n" + base64(tree) + "\n";
        byte[] hint = Arrays.copyOf(id, 4);
        String checkpoint = head + "\n\u2014 " + LOG + " "
                + base64(joined(hint, sign(log.getPrivate(), head.getBytes(StandardCharsets.UTF_8)))) + "\n";
        String promise = "{\"body\":\"" + base64(body) + "\",\"integratedTime\":" + time + ",\"logID\":\""
                + HexFormat.of().formatHex(id) + "\",\"logIndex\":1}";
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("logIndex", "1");
        entry.put("logId", Map.of("keyId", base64(id)));
        entry.put("kindVersion", Map.of("kind", "dsse", "version", "0.0.1"));
        entry.put("integratedTime", Long.toString(time));
        if (!wrong.contains(Flaw.NO_TIME)) {
            entry.put(
                    "inclusionPromise",
                    Map.of(
                            "signedEntryTimestamp",
                            base64(sign(log.getPrivate(), promise.getBytes(StandardCharsets.UTF_8)))));
        }
        entry.put(
                "inclusionProof",
                Map.of(
                        "logIndex", "1",
                        "rootHash", base64(tree),
                        "treeSize", "2",
                        "hashes", List.of(base64(sibling)),
                        "checkpoint", Map.of("envelope", checkpoint)));
        entry.put("canonicalizedBody", base64(body));
        return entry;
    }

    private X509CertificateHolder root() {
        try {
            X500Name name = new X500Name("CN=authority,O=example.com");
            return new X509v3CertificateBuilder(
                            name,
                            BigInteger.ONE,
                            Date.from(START.minus(Duration.ofDays(365))),
                            Date.from(START.plus(Duration.ofDays(3650))),
                            name,
                            SubjectPublicKeyInfo.getInstance(
                                    authority.getPublic().getEncoded()))
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(authority.getPublic()))
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate()));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509CertificateHolder certificate(PublicKey key, String identity, String issuer, boolean isLogged) {
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                            root.getSubject(),
                            BigInteger.TWO,
                            Date.from(START),
                            Date.from(START.plusSeconds(600)),
                            new X500Name(""),
                            SubjectPublicKeyInfo.getInstance(key.getEncoded()))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            extensions.createAuthorityKeyIdentifier(authority.getPublic()))
                    .addExtension(
                            Extension.subjectAlternativeName,
                            true,
                            new GeneralNames(new GeneralName(
                                    identity.contains("://")
                                            ? GeneralName.uniformResourceIdentifier
                                            : GeneralName.rfc822Name,
                                    identity)))
                    .addExtension(
                            new ASN1ObjectIdentifier("1.3.6.1.4.1.57264.1.1"),
                            false,
                            issuer.getBytes(StandardCharsets.UTF_8))
                    .addExtension(new ASN1ObjectIdentifier("1.3.6.1.4.1.57264.1.8"), false, new DERUTF8String(issuer));
            JcaContentSignerBuilder signer = new JcaContentSignerBuilder("SHA256withECDSA");
            if (isLogged) {
                byte[] unlogged = builder.build(signer.build(authority.getPrivate()))
                        .toASN1Structure()
                        .getTBSCertificate()
                        .getEncoded();
                builder.addExtension(
                        new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2"),
                        false,
                        new DEROctetString(logged(unlogged)));
            }
            return builder.build(signer.build(authority.getPrivate()));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a list with one signed certificate timestamp (RFC 6962, sections 3.2 and 3.3). */
    private byte[] logged(byte[] certificate) {
        byte[] time = ByteBuffer.allocate(8).putLong(START.toEpochMilli()).array();
        byte[] length = ByteBuffer.allocate(4).putInt(certificate.length).array();
        byte[] issuer = sha256(authority.getPublic().getEncoded());
        byte[] signature = sign(
                certificates.getPrivate(),
                joined(
                        new byte[] {0, 0},
                        time,
                        new byte[] {0, 1},
                        issuer,
                        new byte[] {length[1], length[2], length[3]},
                        certificate,
                        new byte[2]));
        byte[] timestamp = joined(
                new byte[] {0},
                sha256(certificates.getPublic().getEncoded()),
                time,
                new byte[2],
                new byte[] {4, 3},
                withLength(signature));
        return withLength(withLength(timestamp));
    }

    private static byte[] withLength(byte[] bytes) {
        return joined(ByteBuffer.allocate(2).putShort((short) bytes.length).array(), bytes);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] sha256(byte[] bytes) {
        return Content.sha256().digest(bytes);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] encoded(X509CertificateHolder certificate) {
        try {
            return certificate.getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sign(PrivateKey key, byte[] content) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
