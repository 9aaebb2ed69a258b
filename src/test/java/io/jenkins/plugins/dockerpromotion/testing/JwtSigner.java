package io.jenkins.plugins.dockerpromotion.testing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Signs JSON Web Tokens, which the CNCF registry verifies against the certificate in its {@code rootcertbundle}. */
public final class JwtSigner {

    static final String ISSUER = "test-issuer";

    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private final PrivateKey key;
    private final Map<String, Object> header = new LinkedHashMap<>();

    private JwtSigner(PrivateKey key, String field, Object value) {
        this.key = key;
        header.put("typ", "JWT");
        header.put("alg", "RS256");
        header.put(field, value);
    }

    /** Carries the whole certificate in each token. */
    static JwtSigner withCertificate(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        return new JwtSigner(key, "x5c", List.of(Base64.getEncoder().encodeToString(certificate.getEncoded())));
    }

    /** Names the key by its fingerprint, as the registry's libtrust computes it. */
    static JwtSigner withKeyId(PrivateKey key, X509Certificate certificate) {
        return new JwtSigner(key, "kid", fingerprint(certificate.getPublicKey().getEncoded()));
    }

    String sign(TokenServer.Grant grant) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("sub", grant.user().orElse(""));
        claims.put("aud", grant.service());
        claims.put("iat", grant.issued().getEpochSecond());
        claims.put("nbf", grant.issued().getEpochSecond());
        claims.put("exp", grant.expiry().getEpochSecond());
        claims.put("jti", UUID.randomUUID().toString());
        claims.put("access", grant.access().stream().map(JwtSigner::access).toList());
        String signed = base64(TestJson.bytes(header)) + "." + base64(TestJson.bytes(claims));
        return signed + "." + base64(signature(signed));
    }

    private byte[] signature(String signed) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first 240 bits of the key's SHA-256 in Base32, in groups of four characters. */
    private static String fingerprint(byte[] publicKey) {
        byte[] bits = Arrays.copyOf(Content.sha256().digest(publicKey), 30);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 48; i++) {
            int value = 0;
            for (int bit = i * 5; bit < i * 5 + 5; bit++) {
                value = value << 1 | bits[bit / 8] >> (7 - bit % 8) & 1;
            }
            text.append(i > 0 && i % 4 == 0 ? ":" : "").append(BASE32.charAt(value));
        }
        return text.toString();
    }

    private static Map<String, Object> access(TokenServer.Access scope) {
        Map<String, Object> access = new LinkedHashMap<>();
        access.put("type", "repository");
        access.put("name", scope.repository());
        access.put("actions", scope.actions());
        return access;
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
