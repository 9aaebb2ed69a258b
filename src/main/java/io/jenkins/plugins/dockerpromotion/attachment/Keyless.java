package io.jenkins.plugins.dockerpromotion.attachment;

import dev.sigstore.bundle.Bundle;
import dev.sigstore.bundle.BundleParseException;
import dev.sigstore.fulcio.client.FulcioVerificationException;
import dev.sigstore.fulcio.client.FulcioVerifier;
import dev.sigstore.rekor.client.RekorEntry;
import dev.sigstore.rekor.client.RekorTypeException;
import dev.sigstore.rekor.client.RekorTypes;
import dev.sigstore.rekor.client.RekorVerificationException;
import dev.sigstore.rekor.client.RekorVerifier;
import dev.sigstore.rekor.dsse.v0_0_1.Dsse;
import dev.sigstore.rekor.dsse.v0_0_1.PayloadHash;
import dev.sigstore.trustroot.SigstoreConfigurationException;
import dev.sigstore.trustroot.SigstoreTrustedRoot;
import dev.sigstore.trustroot.TransparencyLog;
import io.jenkins.plugins.dockerpromotion.attachment.VerifiedImage.Signer;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1String;

/**
 * Verifies bundles that were signed with a short-lived certificate. sigstore-java checks the certificate chain, the
 * certificate log, and the entry in the transparency log with its proof, checkpoint and time. This class checks what
 * sigstore-java 2.0 omits, or does in a way that rejects cosign's own signatures: the signature of the statement
 * (sigstore-java requires a subject name and an ASCII payload), that the log entry belongs to it, and that the
 * certificate was valid at the time of the entry. Works offline with the trusted root. No other class uses
 * sigstore-java, so it is not loaded for verification with keys.
 */
final class Keyless {

    /** Fulcio's certificate extensions ("Issuer (V2)", and the older "Issuer", which is not DER-encoded). */
    private static final String ISSUER = "1.3.6.1.4.1.57264.1.8";

    private static final String OLDER_ISSUER = "1.3.6.1.4.1.57264.1.1";

    private static final int EMAIL = 1;
    private static final int URI = 6;
    private static final int MAX_REASON = 200;

    private final List<TransparencyLog> logs;
    private final FulcioVerifier certificates;
    private final RekorVerifier entries;

    /**
     * @param trustedRoot the JSON that {@code cosign trusted-root create} writes
     * @throws RefusedException if it is not valid
     */
    Keyless(String trustedRoot) throws RefusedException {
        try {
            SigstoreTrustedRoot root =
                    SigstoreTrustedRoot.from(new ByteArrayInputStream(trustedRoot.getBytes(StandardCharsets.UTF_8)));
            logs = root.getTLogs();
            certificates = FulcioVerifier.newFulcioVerifier(root);
            entries = RekorVerifier.newRekorVerifier(logs);
        } catch (SigstoreConfigurationException | GeneralSecurityException | RuntimeException e) {
            throw refused("the trusted root cannot be used", e);
        }
    }

    /** The signer of {@code payload}, a bundle with a certificate. */
    Signer signer(SignedPayload payload) throws RefusedException {
        try {
            Bundle bundle = Bundle.from(new StringReader(new String(payload.document(), StandardCharsets.UTF_8)));
            if (bundle.getEntries().size() != 1) {
                throw new RefusedException(
                        "it has " + bundle.getEntries().size() + " transparency log entries instead of one");
            }
            RekorEntry entry = bundle.getEntries().get(0);
            X509Certificate certificate =
                    (X509Certificate) bundle.getCertPath().getCertificates().get(0);
            certificates.verifySigningCertificate(bundle.getCertPath());
            entries.verifyEntry(entry);
            checkTime(entry, certificate);
            checkEntry(entry, payload, certificate);
            if (payload.signedBy(List.of(SigningKey.of(certificate.getPublicKey())))
                    .isEmpty()) {
                throw new RefusedException("its signature does not match its certificate, or it was changed");
            }
            return new Signer("", identity(certificate), issuer(certificate));
        } catch (BundleParseException
                | FulcioVerificationException
                | RekorVerificationException
                | RekorTypeException
                | GeneralSecurityException
                | IOException
                | RuntimeException e) {
            throw refused("its certificate or its transparency log entry is not valid", e);
        }
    }

    /** The log signs the time of its entry; {@link RekorVerifier} has checked this signature if there is one. */
    private void checkTime(RekorEntry entry, X509Certificate certificate) throws RefusedException {
        String signed = entry.getVerification().getSignedEntryTimestamp();
        if (signed == null || signed.isEmpty()) {
            throw new RefusedException("its transparency log did not sign the time of the entry, and other timestamps"
                    + " are not supported");
        }
        Date taken = Date.from(entry.getIntegratedTimeInstant());
        if (taken.before(certificate.getNotBefore()) || taken.after(certificate.getNotAfter())) {
            throw new RefusedException("its certificate was not valid when it was signed");
        }
        byte[] log = HexFormat.of().parseHex(entry.getLogID());
        if (TransparencyLog.find(logs, log, taken.toInstant()).isEmpty()) {
            throw new RefusedException("its transparency log was not trusted when it was signed");
        }
    }

    /** The entry must be for this signature, this statement and this certificate. */
    private static void checkEntry(RekorEntry entry, SignedPayload payload, X509Certificate certificate)
            throws RefusedException, RekorTypeException, GeneralSecurityException {
        Dsse logged = RekorTypes.getDsseV001(entry);
        Base64.Decoder base64 = Base64.getDecoder();
        boolean same = logged.getPayloadHash().getAlgorithm() == PayloadHash.Algorithm.SHA_256
                && logged.getPayloadHash()
                        .getValue()
                        .equals(Digest.sha256(payload.payload()).hex())
                && logged.getSignatures().size() == 1
                && payload.isSignedWith(
                        base64.decode(logged.getSignatures().get(0).getSignature()))
                && CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(
                                base64.decode(logged.getSignatures().get(0).getVerifier())))
                        .equals(certificate);
        if (!same) {
            throw new RefusedException("its transparency log entry belongs to another signature");
        }
    }

    private static String identity(X509Certificate certificate) throws RefusedException, CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names != null && names.size() == 1) {
            List<?> name = names.iterator().next();
            if (name.get(0).equals(EMAIL) || name.get(0).equals(URI)) {
                return (String) name.get(1);
            }
        }
        throw new RefusedException("its certificate does not name exactly one identity");
    }

    private static String issuer(X509Certificate certificate) throws RefusedException, IOException {
        byte[] issuer = certificate.getExtensionValue(ISSUER);
        if (issuer != null) {
            return ((ASN1String) ASN1Primitive.fromByteArray(octets(issuer))).getString();
        }
        byte[] older = certificate.getExtensionValue(OLDER_ISSUER);
        if (older != null) {
            return new String(octets(older), StandardCharsets.UTF_8);
        }
        throw new RefusedException("its certificate does not name the issuer of the identity");
    }

    private static byte[] octets(byte[] extension) {
        return ASN1OctetString.getInstance(extension).getOctets();
    }

    private static RefusedException refused(String what, Exception e) {
        String why = e.getCause() == null || e.getCause().getMessage() == null
                ? String.valueOf(e.getMessage())
                : e.getMessage() + ": " + e.getCause().getMessage();
        return new RefusedException(what + " (" + LogText.oneLine(why, MAX_REASON) + ")");
    }
}
