package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Descriptor;
import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement;
import io.jenkins.plugins.dockerpromotion.config.CertifiedSigner;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.FormFields;
import io.jenkins.plugins.dockerpromotion.credentials.PublicKeys;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import net.sf.json.JSONObject;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/** Required signers and attestations of an image: the {@code verify} parameter of {@code promoteImage}. */
public final class Verification extends CertifiedSigner<Verification> {

    private static final long serialVersionUID = 1L;

    /** A key in PEM format, or the id of credentials. */
    private static final Pattern KEY = Pattern.compile("-----BEGIN[\\s\\S]*?-----END[^-]*-----|[^\\s,]+");

    private List<String> publicKeys = new ArrayList<>();
    private List<String> attestations = new ArrayList<>();

    @DataBoundConstructor
    public Verification() {
        // All parameters are optional.
    }

    public List<String> getPublicKeys() {
        return List.copyOf(publicKeys);
    }

    @DataBoundSetter
    public void setPublicKeys(List<String> publicKeys) {
        this.publicKeys = new ArrayList<>(Util.fixNull(publicKeys));
    }

    public List<String> getAttestations() {
        return List.copyOf(attestations);
    }

    @DataBoundSetter
    public void setAttestations(List<String> attestations) {
        this.attestations = new ArrayList<>(Util.fixNull(attestations));
    }

    /**
     * The requirement of these parameters, with keys read from credentials.
     *
     * @param step that requires it, for error messages
     * @throws IllegalArgumentException in one line, if a key or a type is not valid
     */
    VerificationRequirement requirement(String step, StepRun run) throws AbortException {
        List<String> keys = new ArrayList<>();
        for (String key : publicKeys) {
            String pem = PublicKeys.find(run.build(), key);
            try {
                VerificationRequirement.requireKeys(pem);
            } catch (IllegalArgumentException e) {
                throw pem.equals(key)
                        ? e
                        : new IllegalArgumentException("credentials '" + key + "': " + e.getMessage(), e);
            }
            keys.add(pem);
        }
        return new VerificationRequirement(
                step,
                keys,
                identities(),
                Util.fixNull(DockerPromotionConfiguration.get().getTrustedRoot()),
                attestations);
    }

    /**
     * Adds the checks that this step and the administrator's rules for the targets require.
     *
     * @param own the requirement of the step
     */
    static PromotionRequest checked(PromotionRequest request, List<VerificationRequirement> own) {
        Set<VerificationRequirement> required = new LinkedHashSet<>(own);
        for (Tag target : request.to()) {
            required.addAll(DockerPromotionConfiguration.get().requirementsFor(request.toImage(), target));
        }
        return request.verifying(required);
    }

    /** Splits the keys in a form's text. */
    static List<String> keys(String text) {
        return KEY.matcher(Util.fixNull(text)).results().map(MatchResult::group).toList();
    }

    /** Form of the requirement. */
    @Extension
    public static final class DescriptorImpl extends Descriptor<Verification> {

        @Override
        public String getDisplayName() {
            return Messages.Verification_displayName();
        }

        /** What a form shows for keys. */
        public String keyLines(List<String> keys) {
            return String.join("\n", Util.fixNull(keys));
        }

        /** What a form shows for types of attestations. */
        public String line(List<String> words) {
            return FormFields.ofWords(Util.fixNull(words));
        }

        @Override
        public Verification newInstance(StaplerRequest2 request, JSONObject form) throws FormException {
            FormFields.split(form, "publicKeys", Verification::keys);
            FormFields.split(form, "attestations", FormFields::words);
            return super.newInstance(request, form);
        }
    }
}
