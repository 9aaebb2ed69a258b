package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.IOException;
import java.io.Serializable;

/** Looks at an image before anything is done with it, and refuses it by an exception. */
@FunctionalInterface
public interface ImageCheck extends Serializable {

    /** Refuses nothing, and looks at nothing. */
    ImageCheck NONE = (registry, image, context) -> "";

    /**
     * Checks one image.
     *
     * @param registry that holds it
     * @param image by its digest
     * @return why the image is accepted, in one line for the log and the history; empty if there is nothing to say
     * @throws IOException with one line for the author of the Jenkinsfile, if the image is refused or cannot be checked
     */
    String check(RegistryClient registry, ImageReference image, RegistryContext context)
            throws IOException, InterruptedException;
}
