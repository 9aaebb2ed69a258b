package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A public key, with the algorithms of the signatures that count: those that cosign accepts from such keys, and those that it
 * signs with, which are not always the same.
 *
 * @param algorithms as Java calls them
 * @param fingerprint SHA-256 of the key in its DER form, as {@code openssl pkey -pubin -outform DER | sha256sum} shows
 *     it
 */
record SigningKey(PublicKey key, List<String> algorithms, Digest fingerprint) {

    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 16 * 1024;
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----");
    private static final String PUBLIC_KEY = "PUBLIC KEY";

    /** What people supply by mistake, and how to get the public key from it. */
    private static final Map<String, String> OTHERS = Map.of(
            "CERTIFICATE", "a certificate; supply its key (openssl x509 -pubkey -noout)",
            "RSA PUBLIC KEY", "an RSA key in PKCS#1 form; convert it (openssl rsa -RSAPublicKey_in -pubout)",
            "EC PARAMETERS", "the parameters of a private key; supply the public key (openssl pkey -pubout)");

    /** Cosign verifies with SHA-256 for every curve, but signs with the hash that fits the curve. */
    private static final Map<String, List<String>> CURVES = Map.of(
            "secp256r1", List.of("SHA256withECDSA"),
            "secp384r1", List.of("SHA256withECDSA", "SHA384withECDSA"),
            "secp521r1", List.of("SHA256withECDSA", "SHA512withECDSA"));

    /** Ed25519 that hashes first (RFC 8032, "Ed25519ph"), for which Java has no name. */
    private static final String PRE_HASHED = "Ed25519ph";

    SigningKey {
        algorithms = List.copyOf(algorithms);
    }

    /**
     * Parses one or more keys in PEM format.
     *
     * @throws IllegalArgumentException in one line without the text, which may be a private key by mistake
     */
    static List<SigningKey> parse(String pem) {
        // Before anything else: a private key often has its parameters or its certificate beside it.
        if (PRIVATE_KEY.matcher(pem).find()) {
            throw new IllegalArgumentException("the public key is a private key; supply the public key (cosign"
                    + " public-key, openssl pkey -pubout), and replace the private key if others could read it");
        }
        List<SigningKey> keys = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(pem);
        while (blocks.find()) {
            keys.add(key(blocks.group(1), blocks.group(2)));
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("this is not a public key in PEM format: expected -----BEGIN PUBLIC"
                    + " KEY-----, base64, and -----END PUBLIC KEY-----, as in cosign.pub");
        }
        return keys;
    }

    private static SigningKey key(String kind, String base64) {
        if (!kind.equals(PUBLIC_KEY)) {
            throw new IllegalArgumentException("the public key is "
                    + OTHERS.getOrDefault(kind, "not in the form -----BEGIN PUBLIC KEY-----, as in cosign.pub"));
        }
        X509EncodedKeySpec der = new X509EncodedKeySpec(decode(base64));
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            try {
                return of(KeyFactory.getInstance(algorithm).generatePublic(der));
            } catch (GeneralSecurityException e) {
                // Not a key of this kind.
            }
        }
        throw new IllegalArgumentException("the public key is damaged or of another kind: supply an ECDSA key (P-256,"
                + " P-384 or P-521), an RSA key or an Ed25519 key, as the tool wrote it");
    }

    /**
     * A key that has already been parsed.
     *
     * @throws IllegalArgumentException in one line, if it is weak or not supported
     */
    static SigningKey of(PublicKey key) throws GeneralSecurityException {
        return new SigningKey(key, algorithms(key), Digest.sha256(key.getEncoded()));
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the public key is damaged: between its BEGIN and END lines there is something other than base64;"
                            + " supply the text as the tool wrote it, with line breaks instead of \\n",
                    e);
        }
    }

    private static List<String> algorithms(PublicKey key) throws GeneralSecurityException {
        if (key instanceof RSAPublicKey rsa) {
            int bits = rsa.getModulus().bitLength();
            if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
                throw new IllegalArgumentException("the public key is an RSA key of " + bits + " bits; " + MIN_RSA_BITS
                        + " to " + MAX_RSA_BITS + " are allowed");
            }
            return List.of("SHA256withRSA");
        }
        if (key instanceof ECPublicKey ec) {
            for (Map.Entry<String, List<String>> curve : CURVES.entrySet()) {
                if (isOn(curve.getKey(), ec)) {
                    return curve.getValue();
                }
            }
            throw new IllegalArgumentException(
                    "the public key uses an unsupported curve: expected P-256, P-384 or P-521");
        }
        return List.of("Ed25519", PRE_HASHED);
    }

    private static boolean isOn(String curve, ECPublicKey key) throws GeneralSecurityException {
        AlgorithmParameters known = AlgorithmParameters.getInstance("EC");
        known.init(new ECGenParameterSpec(curve));
        ECParameterSpec expected = known.getParameterSpec(ECParameterSpec.class);
        return expected.getCurve().equals(key.getParams().getCurve())
                && expected.getGenerator().equals(key.getParams().getGenerator())
                && expected.getOrder().equals(key.getParams().getOrder());
    }

    /** Whether this key made {@code signature} for {@code content}. */
    boolean signed(byte[] content, byte[] signature) {
        return algorithms.stream().anyMatch(algorithm -> signed(algorithm, content, signature));
    }

    private boolean signed(String algorithm, byte[] content, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(algorithm.equals(PRE_HASHED) ? "Ed25519" : algorithm);
            if (algorithm.equals(PRE_HASHED)) {
                verifier.setParameter(new EdDSAParameterSpec(true));
            }
            verifier.initVerify(key);
            verifier.update(content);
            return verifier.verify(signature);
        } catch (SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform since 17 verifies signatures of this kind", e);
        }
    }

    /** The hint by which bundles name their key. */
    String hint() {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(fingerprint.hex()));
    }

    @Override
    public String toString() {
        return fingerprint.toString();
    }
}
