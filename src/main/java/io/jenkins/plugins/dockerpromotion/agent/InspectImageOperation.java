package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.registry.ImageInfo;
import io.jenkins.plugins.dockerpromotion.registry.ImageInspector;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;

/**
 * Finds out about an image.
 *
 * @param details whether manifests are read, or only the digest is asked for, which is no pull
 */
public record InspectImageOperation(ImageReference reference, boolean details, RegistryAuthentication authentication)
        implements Operation<ImageInfo> {

    @Override
    public ImageInfo run(RegistryContext context) throws RegistryException, InterruptedException {
        return new ImageInspector.Request(reference, details, authentication).run(context);
    }
}
