package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Finds the tags that a build gave an image. Keeps only these in memory, however many others there are. */
public final class TagFinder implements Operation<TagFinder.Found> {

    private static final long serialVersionUID = 1L;

    private final ImageName image;
    private final TagPattern pattern;
    private final BigInteger build;
    private final RegistryAuthentication authentication;

    /**
     * @param pattern with a field for the build
     * @param build the number to look for
     * @throws IllegalArgumentException if {@code pattern} has no such field
     */
    public TagFinder(ImageName image, TagPattern pattern, BigInteger build) {
        this(image, pattern.requireBuild(), build, RegistryAuthentication.ANONYMOUS);
    }

    private TagFinder(ImageName image, TagPattern pattern, BigInteger build, RegistryAuthentication authentication) {
        this.image = Objects.requireNonNull(image);
        this.pattern = pattern;
        this.build = Objects.requireNonNull(build);
        this.authentication = authentication;
    }

    /** The same with a credential. */
    public TagFinder with(RegistryAuthentication credential) {
        return new TagFinder(image, pattern, build, credential);
    }

    /**
     * The result of a search.
     *
     * @param tags of the build, the newest version first
     * @param checked how many tags of the image were checked: all of them if none was found
     */
    public record Found(List<Tag> tags, int checked) implements Serializable {
        public Found {
            tags = List.copyOf(tags);
        }
    }

    /**
     * Searches the tags of the image. If the pattern allows one tag only for a build, one request may be enough.
     */
    @Override
    public Found run(RegistryContext context) throws RegistryException, InterruptedException {
        ImageTags tags = ImageTags.toRead(image, authentication, context);
        Optional<Tag> only = pattern.onlyTagOf(build).filter(Tag::isValid).map(Tag::new);
        if (only.isPresent() && tags.digestOf(only.get()).isPresent()) {
            return new Found(List.of(only.get()), 1);
        }
        TagCollector found = tags.read(() -> TagCollector.of(pattern, version -> version.isOfBuild(build)));
        return new Found(found.tags(), found.checked());
    }

    @Override
    public String toString() {
        return "a tag of build " + build + " of " + image + " (" + pattern + ")";
    }
}
