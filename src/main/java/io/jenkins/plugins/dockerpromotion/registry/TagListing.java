package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.endpoint.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.reference.ImageName;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Lists the tags of an image wherever it is. */
public final class TagListing {

    private TagListing() {}

    /**
     * Hands every tag to a consumer, which keeps what it wants: the list itself is not held. There is no order in it that
     * could be relied on.
     *
     * @param readings makes a consumer, and another one whenever the list changed while it was read
     * @return the consumer that has seen the complete list
     * @throws RegistryException also when the list is not complete
     */
    public static <S extends Consumer<ListedTag>> S read(
            ImageName image,
            RegistryAuthentication authentication,
            RegistryTransport.Context context,
            Supplier<S> readings)
            throws RegistryException, InterruptedException {
        return ImageTags.toRead(image, authentication, context).read(readings);
    }
}
