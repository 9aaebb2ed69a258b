package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.IOException;
import java.io.Serializable;

/** Checks an image before it is promoted, and refuses it with an exception. */
@FunctionalInterface
public interface ImageCheck extends Serializable {

    /** Accepts every image without a check. */
    ImageCheck NONE = (registry, image, context) -> "";

    /**
     * Checks one image.
     *
     * @param registry the registry of the image
     * @param image by its digest
     * @return why the image is accepted, in one line for the log and the history; may be empty
     * @throws IOException with one line for the Pipeline author, if the image is refused or cannot be checked
     */
    String check(RegistryClient registry, ImageReference image, RegistryContext context)
            throws IOException, InterruptedException;
}
