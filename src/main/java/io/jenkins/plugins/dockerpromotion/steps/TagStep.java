package io.jenkins.plugins.dockerpromotion.steps;

import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.io.Serializable;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** A step for one tag of an image. */
public abstract class TagStep<T extends Serializable> extends ImageStep<T> {

    private static final long serialVersionUID = 1L;

    private String tag;

    TagStep(String image, String tag) {
        super(image);
        this.tag = Util.fixEmptyAndTrim(tag);
    }

    /** Sets an optional tag, for steps with a setter. */
    final void useTag(String tag) {
        this.tag = Util.fixEmptyAndTrim(tag);
    }

    public String getTag() {
        return tag;
    }

    /** @throws IllegalArgumentException in one line, if it is not valid */
    final Tag tag() {
        return new Tag(tag);
    }

    /** @throws IllegalArgumentException in one line, if image or tag is not valid */
    final ImageReference tagged() {
        return ImageReference.tagged(name(), tag());
    }

    /**
     * The same for steps that also accept a digest.
     *
     * @throws IllegalArgumentException in one line, if image or tag is not valid
     */
    final ImageReference reference() {
        if (tag == null) {
            throw new IllegalArgumentException("'tag' is required");
        }
        return new ImageReference(name(), tag);
    }

    @Override
    final String shown() {
        return getImage() == null || tag == null
                ? super.shown()
                : getImage() + (tag.indexOf(':') < 0 ? ":" : "@") + tag;
    }

    /** Base class for the forms of steps with a tag. */
    public abstract static class TagStepDescriptor extends RegistryStepDescriptor {

        @RequirePOST
        public FormValidation doCheckTag(@QueryParameter String value) {
            return ImageForm.checkTag(value);
        }

        @RequirePOST
        public FormValidation doCheckExpectedDigest(@QueryParameter String value) {
            return ImageForm.ifGiven(value, Digest::parse);
        }
    }
}
