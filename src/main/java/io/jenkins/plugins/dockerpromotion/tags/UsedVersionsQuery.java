package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.version.UsedVersions;
import java.util.Objects;
import java.util.function.Consumer;

/** Finds the versions that the tags of an image use. Reads page by page, and keeps no tag. */
public final class UsedVersionsQuery implements Operation<UsedVersions> {

    private static final long serialVersionUID = 1L;

    /** Null if there is nothing to read. */
    private final ImageName image;

    private final UsedVersions used;
    private final RegistryAuthentication authentication;

    private UsedVersionsQuery(ImageName image, UsedVersions used, RegistryAuthentication authentication) {
        this.image = image;
        this.used = used;
        this.authentication = authentication;
    }

    /** Reads all tags of {@code image}. */
    public static UsedVersionsQuery of(ImageName image, UsedVersions used) {
        return new UsedVersionsQuery(Objects.requireNonNull(image), used, RegistryAuthentication.ANONYMOUS);
    }

    /** Sends no request to a registry. */
    public static UsedVersionsQuery ofNothing(UsedVersions used) {
        return new UsedVersionsQuery(null, used, RegistryAuthentication.ANONYMOUS);
    }

    /** The same with a credential. */
    public UsedVersionsQuery with(RegistryAuthentication credential) {
        return new UsedVersionsQuery(image, used, credential);
    }

    private record Adding(UsedVersions used) implements Consumer<ListedTag> {
        @Override
        public void accept(ListedTag listed) {
            if (!AttachmentTag.is(listed.tag())) {
                used.add(listed.tag().value());
            }
        }
    }

    /**
     * Reads the tags. An image that does not exist yet has no tags: the first push creates it.
     *
     * @throws RegistryException also if the list is not complete
     */
    @Override
    public UsedVersions run(RegistryContext context) throws RegistryException, InterruptedException {
        if (image == null) {
            return used;
        }
        try {
            return ImageTags.toRead(image, authentication, context)
                    .read(() -> new Adding(used.fresh()))
                    .used();
        } catch (NotFoundException e) {
            context.notices().say(image + " does not exist yet, or these credentials may not read it");
        }
        return used;
    }
}
