package io.jenkins.plugins.dockerpromotion.config;

import hudson.Extension;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.version.TagGlob;
import java.util.List;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/**
 * A rule of the administrator that requires signatures for promotions to certain images and tags. A Jenkinsfile can
 * require more, but never less.
 */
public final class VerificationRule extends CertifiedSigner<VerificationRule> {

    private static final long serialVersionUID = 1L;

    private final String images;
    private String tags;
    private String publicKeys;
    private String attestations;

    /** @param images patterns for target images, separated by commas or spaces: {@code registry.example.com/prod/*} */
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

    /** @param tags patterns for target tags; empty for all tags */
    @DataBoundSetter
    public void setTags(String tags) {
        this.tags = Util.fixEmptyAndTrim(tags);
    }

    public String getPublicKeys() {
        return publicKeys;
    }

    /** @param publicKeys in PEM format, one after the other; a signature by one of them is enough */
    @DataBoundSetter
    public void setPublicKeys(String publicKeys) {
        this.publicKeys = Util.fixEmptyAndTrim(publicKeys);
    }

    public String getAttestations() {
        return attestations;
    }

    /** @param attestations predicate types, each of which one of the signers must attest */
    @DataBoundSetter
    public void setAttestations(String attestations) {
        this.attestations = Util.fixEmptyAndTrim(attestations);
    }

    /** Whether the rule applies to promotions to this image and tag. */
    boolean isFor(ImageName image, Tag tag) {
        // Docker Hub's images have both of these names.
        List<String> names = List.of(image.toString(), image.host() + "/" + image.path());
        return FormFields.words(images).stream()
                        .map(TagGlob::new)
                        .anyMatch(glob -> names.stream().anyMatch(glob::matches))
                && (tags == null
                        || FormFields.words(tags).stream()
                                .map(TagGlob::new)
                                .anyMatch(glob -> glob.matches(tag.value())));
    }

    /** @throws IllegalArgumentException in one line, if the rule is not valid with any trusted root */
    void check() {
        if (images == null) {
            throw new IllegalArgumentException(
                    "a verification rule needs 'images', such as registry.example.com/prod/*");
        }
        boolean keysOnly = identities().isEmpty();
        if (publicKeys != null || keysOnly) {
            new VerificationRequirement(name(), keys(), FormFields.words(attestations));
        } else {
            FormFields.words(attestations).forEach(VerificationRequirement::predicateType);
        }
    }

    /**
     * The requirement of the rule.
     *
     * @param trustedRoot for identities; may be empty without identities
     * @throws IllegalArgumentException in one line, if it is required but missing
     */
    VerificationRequirement requirement(String trustedRoot) {
        return new VerificationRequirement(name(), keys(), identities(), trustedRoot, FormFields.words(attestations));
    }

    private String name() {
        return "the administrator's rule for " + images + (tags == null ? "" : " (" + tags + ")");
    }

    private List<String> keys() {
        return publicKeys == null ? List.of() : List.of(publicKeys);
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
            return FormFields.ofAdministrator(value, keys -> {
                VerificationRule rule = new VerificationRule("*");
                rule.setPublicKeys(keys);
                rule.check();
            });
        }

        @RequirePOST
        public FormValidation doCheckAttestations(@QueryParameter String value) {
            return FormFields.ofAdministrator(
                    value, text -> FormFields.words(text).forEach(VerificationRequirement::predicateType));
        }
    }
}
