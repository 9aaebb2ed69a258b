package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.reference.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.reference.Tag;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;

/** Finds the tags that a build gave an image. Holds no more than these, however many others there are. */
public final class TagFinder implements Serializable {

    private static final long serialVersionUID = 1L;

    private final ImageName image;
    private final TagPattern pattern;
    private final BigInteger build;

    /**
     * @param pattern with a field for the build
     * @param build the number to look for
     * @throws IllegalArgumentException if {@code pattern} has no such field
     */
    public TagFinder(ImageName image, TagPattern pattern, BigInteger build) {
        this.image = Objects.requireNonNull(image);
        this.pattern = pattern.requireBuild();
        this.build = Objects.requireNonNull(build);
    }

    /**
     * What was found.
     *
     * @param tags of the build, the newest version first
     * @param looked how many tags there are in all
     */
    public record Found(List<Tag> tags, int looked) implements Serializable {
        public Found {
            tags = List.copyOf(tags);
        }
    }

    /** Looks through all tags of the image. */
    public Found find(RegistryAuthentication authentication, RegistryTransport.Context context)
            throws RegistryException, InterruptedException {
        TagCollector found = ImageTags.toRead(image, authentication, context)
                .read(() -> TagCollector.of(pattern, version -> version.isOfBuild(build)));
        return new Found(found.tags(), found.looked());
    }

    @Override
    public String toString() {
        return "a tag of build " + build + " of " + image + " (" + pattern + ")";
    }
}
