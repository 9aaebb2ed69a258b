package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** Certificates as people paste them. */
public final class Certificates {

    private Certificates() {}

    /**
     * Reads PEM text.
     *
     * @throws IllegalArgumentException in one line, if there is no certificate in it, or something else
     */
    public static List<X509Certificate> parse(String pem) {
        try {
            byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
            List<X509Certificate> found =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!found.isEmpty()) {
                return found;
            }
        } catch (CertificateException e) {
            // Said below, as for a text that holds nothing.
        }
        throw new IllegalArgumentException("the certificate authority is not PEM text of X.509 certificates");
    }
}
