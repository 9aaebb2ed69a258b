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
import io.jenkins.plugins.dockerpromotion.registry.http.Quoted;
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
 * Checks bundles that were signed with a certificate of a few minutes, by sigstore-java: the certificate's chain, the log
 * of certificates, and the transparency log's entry with its proof, its checkpoint and its time. What sigstore-java 2.0
 * leaves out or does in a way that rejects cosign's own signatures is done here: the signature of the statement (there a
 * subject needs a name, and the payload has to be ASCII), that the entry is about it, and that the certificate was valid
 * when the log took the entry. Asks nobody; what it trusts is in the trusted root. The only class that needs sigstore-java,
 * so that nobody loads that who verifies with keys.
 */
final class Keyless {

    /** Fulcio's certificate extensions ("Issuer (V2)", and the older "Issuer", which is no DER). */
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
     * @throws RefusedException if it is none
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

    /** Who signed {@code payload}, which is a bundle with a certificate. */
    Signer signer(SignedPayload payload) throws RefusedException {
        try {
            Bundle bundle = Bundle.from(new StringReader(new String(payload.document(), StandardCharsets.UTF_8)));
            if (bundle.getEntries().size() != 1) {
                throw new RefusedException(
                        "it has " + bundle.getEntries().size() + " entries of transparency logs instead of one");
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
                throw new RefusedException("its signature is not by its certificate's key, or it was changed");
            }
            return new Signer("", identity(certificate), issuer(certificate));
        } catch (BundleParseException
                | FulcioVerificationException
                | RekorVerificationException
                | RekorTypeException
                | GeneralSecurityException
                | IOException
                | RuntimeException e) {
            throw refused("its certificate or its entry in the transparency log is not valid", e);
        }
    }

    /** The entry's time is what the log signed, which {@link RekorVerifier} has checked if it is there. */
    private void checkTime(RekorEntry entry, X509Certificate certificate) throws RefusedException {
        String signed = entry.getVerification().getSignedEntryTimestamp();
        if (signed == null || signed.isEmpty()) {
            throw new RefusedException("its transparency log did not sign when it took the entry, and time stamps of"
                    + " others are not understood");
        }
        Date taken = Date.from(entry.getIntegratedTimeInstant());
        if (taken.before(certificate.getNotBefore()) || taken.after(certificate.getNotAfter())) {
            throw new RefusedException("its certificate was not valid when it was signed");
        }
        byte[] log = HexFormat.of().parseHex(entry.getLogID());
        if (TransparencyLog.find(logs, log, taken.toInstant()).isEmpty()) {
            throw new RefusedException("its transparency log was not trusted at the time when it was signed");
        }
    }

    /** The log has to have taken this signature, of this statement, with this certificate. */
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
            throw new RefusedException("its entry in the transparency log is about another signature");
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
        throw new RefusedException("its certificate does not name one identity");
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
        throw new RefusedException("its certificate does not say who vouched for the identity");
    }

    private static byte[] octets(byte[] extension) {
        return ASN1OctetString.getInstance(extension).getOctets();
    }

    private static RefusedException refused(String what, Exception e) {
        String why = e.getCause() == null || e.getCause().getMessage() == null
                ? String.valueOf(e.getMessage())
                : e.getMessage() + ": " + e.getCause().getMessage();
        return new RefusedException(what + " (" + Quoted.oneLine(why, MAX_REASON) + ")");
    }
}
