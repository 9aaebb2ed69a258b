package io.jenkins.plugins.dockerpromotion.testing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Signs JSON Web Tokens. The CNCF registry verifies them with the certificate in its {@code rootcertbundle}. */
public final class JwtSigner {

    static final String ISSUER = "test-issuer";

    private final PrivateKey key;
    private final Map<String, Object> header = new LinkedHashMap<>();

    /** @param certificate is included in each token as {@code x5c} */
    JwtSigner(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        this.key = key;
        header.put("typ", "JWT");
        header.put("alg", "RS256");
        header.put("x5c", List.of(Base64.getEncoder().encodeToString(certificate.getEncoded())));
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
