package io.jenkins.plugins.dockerpromotion.config;

import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement.Identity;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * A signer in Sigstore certificates, if there is one: what the administrator's rules and {@code verify} in a Jenkinsfile
 * have in common.
 */
public abstract class CertifiedSigner<T extends CertifiedSigner<T>> extends AbstractDescribableImpl<T>
        implements Serializable {

    private static final long serialVersionUID = 1L;

    private String certificateIdentity;
    private String certificateIdentityRegexp;
    private String certificateOidcIssuer;
    private String certificateOidcIssuerRegexp;

    public String getCertificateIdentity() {
        return certificateIdentity;
    }

    /** @param certificateIdentity the email address or URI in the certificate */
    @DataBoundSetter
    public void setCertificateIdentity(String certificateIdentity) {
        this.certificateIdentity = Util.fixEmptyAndTrim(certificateIdentity);
    }

    public String getCertificateIdentityRegexp() {
        return certificateIdentityRegexp;
    }

    /** @param certificateIdentityRegexp a regular expression for the whole value */
    @DataBoundSetter
    public void setCertificateIdentityRegexp(String certificateIdentityRegexp) {
        this.certificateIdentityRegexp = Util.fixEmptyAndTrim(certificateIdentityRegexp);
    }

    public String getCertificateOidcIssuer() {
        return certificateOidcIssuer;
    }

    /** @param certificateOidcIssuer who confirmed the identity */
    @DataBoundSetter
    public void setCertificateOidcIssuer(String certificateOidcIssuer) {
        this.certificateOidcIssuer = Util.fixEmptyAndTrim(certificateOidcIssuer);
    }

    public String getCertificateOidcIssuerRegexp() {
        return certificateOidcIssuerRegexp;
    }

    /** @param certificateOidcIssuerRegexp a regular expression for the whole value */
    @DataBoundSetter
    public void setCertificateOidcIssuerRegexp(String certificateOidcIssuerRegexp) {
        this.certificateOidcIssuerRegexp = Util.fixEmptyAndTrim(certificateOidcIssuerRegexp);
    }

    /**
     * The signer, if any of the parameters is set.
     *
     * @throws IllegalArgumentException in one line, if they do not belong together or one is not valid
     */
    public final List<Identity> identities() {
        boolean none = Stream.of(
                        certificateIdentity,
                        certificateIdentityRegexp,
                        certificateOidcIssuer,
                        certificateOidcIssuerRegexp)
                .allMatch(Objects::isNull);
        return none
                ? List.of()
                : List.of(Identity.of(
                        Util.fixNull(certificateIdentity),
                        Util.fixNull(certificateIdentityRegexp),
                        Util.fixNull(certificateOidcIssuer),
                        Util.fixNull(certificateOidcIssuerRegexp)));
    }
}
