package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.registry.reference.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.reference.Tag;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Lists the tags of an image wherever it is: by Docker Hub's own API there, by the registry API everywhere else. */
public final class TagListing {

    private TagListing() {}

    /**
     * Hands all tags to {@code pages}. Whoever filters them holds no more than what is kept.
     *
     * @throws RegistryException also when the list is not complete
     */
    public static void list(
            ImageName image,
            RegistryAuthentication authentication,
            RegistryTransport.Context context,
            Consumer<List<Tag>> pages)
            throws RegistryException, InterruptedException {
        if (image.isDockerHub()) {
            pages.accept(DockerHubClient.open(authentication, context).tags(image));
        } else {
            RegistryClient.open(image, authentication, Set.of(Scope.pull(image.path())), context)
                    .tags(image, pages);
        }
    }
}
