package io.jenkins.plugins.dockerpromotion.config;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.Descriptor.FormException;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.version.TagGlob;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/**
 * A rule of the administrator: an image is promoted to certain images and tags only if it is signed. A Jenkinsfile can ask
 * for more, never for less.
 */
public final class VerificationRule extends AbstractDescribableImpl<VerificationRule> {

    private final String images;
    private String tags;
    private String publicKeys;
    private String certificateIdentity;
    private String certificateIdentityRegexp;
    private String certificateOidcIssuer;
    private String certificateOidcIssuerRegexp;
    private String attestations;

    /** @param images patterns of the names of targets, with commas or blanks between them: {@code registry.example.com/prod/*} */
    @DataBoundConstructor
    public VerificationRule(String images) {
        this.images = Util.fixEmptyAndTrim(images);
    }

    public String getImages() {
        return images;
    }

    public String getTags() {
        return tags;
    }

    /** @param tags patterns of target tags; none for all tags */
    @DataBoundSetter
    public void setTags(String tags) {
        this.tags = Util.fixEmptyAndTrim(tags);
    }

    public String getPublicKeys() {
        return publicKeys;
    }

    /** @param publicKeys in PEM form, one after the other; a signature by one of them is enough */
    @DataBoundSetter
    public void setPublicKeys(String publicKeys) {
        this.publicKeys = Util.fixEmptyAndTrim(publicKeys);
    }

    public String getCertificateIdentity() {
        return certificateIdentity;
    }

    /** @param certificateIdentity the email address or URI that a Sigstore certificate names */
    @DataBoundSetter
    public void setCertificateIdentity(String certificateIdentity) {
        this.certificateIdentity = Util.fixEmptyAndTrim(certificateIdentity);
    }

    public String getCertificateIdentityRegexp() {
        return certificateIdentityRegexp;
    }

    /** @param certificateIdentityRegexp a regular expression for the whole of it */
    @DataBoundSetter
    public void setCertificateIdentityRegexp(String certificateIdentityRegexp) {
        this.certificateIdentityRegexp = Util.fixEmptyAndTrim(certificateIdentityRegexp);
    }

    public String getCertificateOidcIssuer() {
        return certificateOidcIssuer;
    }

    /** @param certificateOidcIssuer who vouched for the identity */
    @DataBoundSetter
    public void setCertificateOidcIssuer(String certificateOidcIssuer) {
        this.certificateOidcIssuer = Util.fixEmptyAndTrim(certificateOidcIssuer);
    }

    public String getCertificateOidcIssuerRegexp() {
        return certificateOidcIssuerRegexp;
    }

    /** @param certificateOidcIssuerRegexp a regular expression for the whole of it */
    @DataBoundSetter
    public void setCertificateOidcIssuerRegexp(String certificateOidcIssuerRegexp) {
        this.certificateOidcIssuerRegexp = Util.fixEmptyAndTrim(certificateOidcIssuerRegexp);
    }

    public String getAttestations() {
        return attestations;
    }

    /** @param attestations predicate types, each of which has to be attested by one of the keys */
    @DataBoundSetter
    public void setAttestations(String attestations) {
        this.attestations = Util.fixEmptyAndTrim(attestations);
    }

    /** Whether a promotion to this image and tag has to fulfil the rule. */
    boolean isFor(ImageName image, Tag tag) {
        // Docker Hub's images are known by both of these names.
        List<String> names = List.of(image.toString(), image.host() + "/" + image.path());
        return FormFields.words(images).stream()
                        .map(TagGlob::new)
                        .anyMatch(glob -> names.stream().anyMatch(glob::matches))
                && (tags == null
                        || FormFields.words(tags).stream()
                                .map(TagGlob::new)
                                .anyMatch(glob -> glob.matches(tag.value())));
    }

    /** Whether it allows signers that certificates name; then a trusted root is needed. */
    boolean hasIdentity() {
        return Stream.of(
                        certificateIdentity,
                        certificateIdentityRegexp,
                        certificateOidcIssuer,
                        certificateOidcIssuerRegexp)
                .anyMatch(Objects::nonNull);
    }

    /** @throws IllegalArgumentException in one line, if the rule makes no sense, whatever trusted root there is */
    void check() {
        if (images == null) {
            throw new IllegalArgumentException(
                    "a verification rule needs 'images', such as registry.example.com/prod/*");
        }
        if (hasIdentity()) {
            identity();
        }
        if (publicKeys != null || !hasIdentity()) {
            new VerificationRequirement(name(), keys(), FormFields.words(attestations));
        } else {
            FormFields.words(attestations).forEach(VerificationRequirement::predicateType);
        }
    }

    /**
     * What the rule requires.
     *
     * @param trustedRoot for identities; may be empty without
     * @throws IllegalArgumentException in one line, if it is needed and missing
     */
    VerificationRequirement requirement(String trustedRoot) {
        return new VerificationRequirement(
                name(),
                keys(),
                hasIdentity() ? List.of(identity()) : List.of(),
                trustedRoot,
                FormFields.words(attestations));
    }

    private String name() {
        return "the administrator's rule for " + images + (tags == null ? "" : " (" + tags + ")");
    }

    private List<String> keys() {
        return publicKeys == null ? List.of() : List.of(publicKeys);
    }

    private VerificationRequirement.Identity identity() {
        return VerificationRequirement.Identity.of(
                Util.fixNull(certificateIdentity),
                Util.fixNull(certificateIdentityRegexp),
                Util.fixNull(certificateOidcIssuer),
                Util.fixNull(certificateOidcIssuerRegexp));
    }

    /** Checks what an entry of the form holds. */
    static void require(JSONObject form, String trustedRoot) throws FormException {
        VerificationRule rule = new VerificationRule(form.optString("images"));
        rule.setTags(form.optString("tags"));
        rule.setPublicKeys(form.optString("publicKeys"));
        rule.setAttestations(form.optString("attestations"));
        rule.setCertificateIdentity(form.optString("certificateIdentity"));
        rule.setCertificateIdentityRegexp(form.optString("certificateIdentityRegexp"));
        rule.setCertificateOidcIssuer(form.optString("certificateOidcIssuer"));
        rule.setCertificateOidcIssuerRegexp(form.optString("certificateOidcIssuerRegexp"));
        try {
            rule.check();
            if (rule.hasIdentity()) {
                rule.requirement(trustedRoot);
            }
        } catch (IllegalArgumentException e) {
            throw new FormException(e.getMessage(), "verificationRules");
        }
    }

    /** Form of one rule. */
    @Extension
    public static final class DescriptorImpl extends Descriptor<VerificationRule> {

        @Override
        public String getDisplayName() {
            return Messages.VerificationRule_displayName();
        }

        @RequirePOST
        public FormValidation doCheckImages(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.VerificationRule_imagesRequired())
                    : FormValidation.ok();
        }

        @RequirePOST
        public FormValidation doCheckPublicKeys(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            VerificationRule rule = new VerificationRule("*");
            rule.setPublicKeys(value);
            return rule.publicKeys == null
                    ? FormValidation.ok()
                    : FormFields.check(() -> {
                        rule.check();
                        return FormValidation.ok();
                    });
        }

        @RequirePOST
        public FormValidation doCheckAttestations(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return FormFields.parsed(
                    Util.fixNull(value),
                    text -> FormFields.words(text).forEach(VerificationRequirement::predicateType));
        }
    }
}
