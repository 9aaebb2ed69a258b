package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Util;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.Serializable;

/** A step for one image. */
public abstract class ImageStep<T extends Serializable> extends RegistryStep<T> {

    private static final long serialVersionUID = 1L;

    private String image;

    ImageStep(String image) {
        this.image = Util.fixEmptyAndTrim(image);
    }

    /** Sets an optional image, for steps with a setter. */
    final void useImage(String image) {
        this.image = Util.fixEmptyAndTrim(image);
    }

    public String getImage() {
        return image;
    }

    /** @throws IllegalArgumentException in one line, if it is not valid */
    final ImageName name() {
        return ImageName.parse(image);
    }

    /** The image for messages, even if the parameter is missing. */
    String shown() {
        return image == null ? "an image" : image;
    }

    final RegistryAuthentication login(StepRun run) throws AbortException {
        return run.login(getCredentialsId(), name().host());
    }
}
