package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Lists the tags of an image, newest first. Keeps only the result in memory, however many others there are. */
public final class TagQuery implements Operation<TagQuery.Found> {

    private static final long serialVersionUID = 1L;

    private final ImageName image;
    private final TagPattern pattern;
    private final int limit;
    private final RegistryAuthentication authentication;

    /**
     * @param pattern selects and orders the tags; without one, all tags are selected, ordered by their last push on
     *     Docker Hub and in the registry's order elsewhere
     * @param limit maximum number of tags
     * @throws IllegalArgumentException in one line, if {@code limit} is less than 1
     */
    public TagQuery(ImageName image, Optional<TagPattern> pattern, int limit) {
        this(image, pattern.orElse(null), limit, RegistryAuthentication.ANONYMOUS);
        if (limit < 1) {
            throw new IllegalArgumentException("'limit' must be at least 1");
        }
    }

    private TagQuery(ImageName image, TagPattern pattern, int limit, RegistryAuthentication authentication) {
        this.image = Objects.requireNonNull(image);
        this.pattern = pattern;
        this.limit = limit;
        this.authentication = authentication;
    }

    /** The same with a credential. */
    public TagQuery with(RegistryAuthentication credential) {
        return new TagQuery(image, pattern, limit, credential);
    }

    /**
     * The result of a query.
     *
     * @param tags newest first, at most {@code limit}
     * @param matching how many match without the limit
     * @param checked how many tags there are in all
     */
    public record Found(List<Tag> tags, int matching, int checked) implements Serializable {
        public Found {
            tags = List.copyOf(tags);
        }
    }

    /** The newest of tags that have been listed already. */
    public static Found newest(Collection<ListedTag> listed, Optional<TagPattern> pattern, int limit) {
        TagCollector found = TagCollector.newest(pattern, limit);
        listed.forEach(found);
        return new Found(found.tags(), found.matching(), found.checked());
    }

    /** Searches all tags of the image. */
    @Override
    public Found run(RegistryContext context) throws RegistryException, InterruptedException {
        TagCollector found = ImageTags.toRead(image, authentication, context)
                .read(() -> TagCollector.newest(Optional.ofNullable(pattern), limit));
        return new Found(found.tags(), found.matching(), found.checked());
    }

    /**
     * Searches at most {@code most} tags.
     *
     * @return what was found among these
     */
    public Found readFirst(RegistryContext context, int most) throws RegistryException, InterruptedException {
        try {
            Bounded found = ImageTags.toRead(image, authentication, context)
                    .read(() -> new Bounded(TagCollector.newest(Optional.ofNullable(pattern), limit), most));
            return found.found();
        } catch (Enough enough) {
            return enough.found;
        }
    }

    /** Ends the listing after enough tags. */
    private record Bounded(TagCollector tags, int most) implements Consumer<ListedTag> {
        @Override
        public void accept(ListedTag listed) {
            tags.accept(listed);
            if (tags.checked() >= most) {
                throw new Enough(found());
            }
        }

        Found found() {
            return new Found(tags.tags(), tags.matching(), tags.checked());
        }
    }

    /** Ends a listing, whose consumers have no other way to stop it. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final Found found;

        Enough(Found found) {
            super("seen enough tags", null, false, false);
            this.found = found;
        }
    }

    @Override
    public String toString() {
        return "the tags of " + image + (pattern == null ? "" : " (" + pattern + ")");
    }
}
