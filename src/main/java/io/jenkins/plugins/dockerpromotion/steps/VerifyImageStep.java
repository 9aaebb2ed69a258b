package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.attachment.SignatureCheck;
import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement;
import io.jenkins.plugins.dockerpromotion.attachment.VerifiedImage;
import io.jenkins.plugins.dockerpromotion.config.FormFields;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import java.util.List;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Checks the signatures and attestations of an image, and fails if a required one is missing. */
public final class VerifyImageStep extends TagStep<VerifiedImage> {

    private static final long serialVersionUID = 1L;

    private final Verification required = new Verification();
    private boolean predicates;

    /** @param tag or a digest */
    @DataBoundConstructor
    public VerifyImageStep(String image, String tag) {
        super(image, tag);
    }

    public List<String> getPublicKeys() {
        return required.getPublicKeys();
    }

    @DataBoundSetter
    public void setPublicKeys(List<String> publicKeys) {
        required.setPublicKeys(publicKeys);
    }

    public String getCertificateIdentity() {
        return required.getCertificateIdentity();
    }

    @DataBoundSetter
    public void setCertificateIdentity(String certificateIdentity) {
        required.setCertificateIdentity(certificateIdentity);
    }

    public String getCertificateIdentityRegexp() {
        return required.getCertificateIdentityRegexp();
    }

    @DataBoundSetter
    public void setCertificateIdentityRegexp(String certificateIdentityRegexp) {
        required.setCertificateIdentityRegexp(certificateIdentityRegexp);
    }

    public String getCertificateOidcIssuer() {
        return required.getCertificateOidcIssuer();
    }

    @DataBoundSetter
    public void setCertificateOidcIssuer(String certificateOidcIssuer) {
        required.setCertificateOidcIssuer(certificateOidcIssuer);
    }

    public String getCertificateOidcIssuerRegexp() {
        return required.getCertificateOidcIssuerRegexp();
    }

    @DataBoundSetter
    public void setCertificateOidcIssuerRegexp(String certificateOidcIssuerRegexp) {
        required.setCertificateOidcIssuerRegexp(certificateOidcIssuerRegexp);
    }

    public List<String> getAttestations() {
        return required.getAttestations();
    }

    @DataBoundSetter
    public void setAttestations(List<String> attestations) {
        required.setAttestations(attestations);
    }

    public boolean isPredicates() {
        return predicates;
    }

    @DataBoundSetter
    public void setPredicates(boolean predicates) {
        this.predicates = predicates;
    }

    @Override
    String phrase() {
        return "verify " + shown();
    }

    @Override
    Operation<VerifiedImage> operation(StepRun run) throws AbortException {
        VerificationRequirement requirement = required.requirement("verifyImage", run);
        run.say("Verifying " + reference());
        return new SignatureCheck(reference(), requirement, predicates, login(run));
    }

    @Override
    Object result(VerifiedImage verified, StepRun run) {
        run.say(run.link(reference(), reference().toString()) + " is " + verified.digest() + ", " + verified.summary());
        return verified.asMap();
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends TagStepDescriptor {

        @Override
        List<String> split(String field, String text) {
            return field.equals("publicKeys") ? Verification.keys(text) : super.split(field, text);
        }

        @Override
        @RequirePOST
        public FormValidation doCheckTag(@QueryParameter String value) {
            return ImageForm.checkTagOrDigest(value);
        }

        @RequirePOST
        public FormValidation doCheckAttestations(@QueryParameter String value) {
            return ImageForm.ifGiven(
                    value, line -> FormFields.words(line).forEach(VerificationRequirement::predicateType));
        }
    }
}
