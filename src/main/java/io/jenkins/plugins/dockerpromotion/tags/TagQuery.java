package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.ListedTag;
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

/** Asks for the tags of an image, the newest first. Holds no more than the answer, however many others there are. */
public final class TagQuery implements Operation<TagQuery.Found> {

    private static final long serialVersionUID = 1L;

    private final ImageName image;
    private final TagPattern pattern;
    private final int limit;
    private final RegistryAuthentication authentication;

    /**
     * @param pattern says which tags are wanted and which is newer; without one all are, in the order of their last push on
     *     Docker Hub, and in the registry's order elsewhere
     * @param limit the most that are wanted
     * @throws IllegalArgumentException in one line, if {@code limit} is less than 1
     */
    public TagQuery(ImageName image, Optional<TagPattern> pattern, int limit) {
        this(image, pattern.orElse(null), limit, RegistryAuthentication.ANONYMOUS);
        if (limit < 1) {
            throw new IllegalArgumentException("'limit' is at least 1");
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
     * What was found.
     *
     * @param tags the newest first, as many as were wanted
     * @param matching how many there are without a limit
     * @param looked how many tags there are in all
     */
    public record Found(List<Tag> tags, int matching, int looked) implements Serializable {
        public Found {
            tags = List.copyOf(tags);
        }
    }

    /** The newest among tags that were listed already. */
    public static Found newest(Collection<ListedTag> listed, Optional<TagPattern> pattern, int limit) {
        TagCollector found = TagCollector.newest(pattern, limit);
        listed.forEach(found);
        return new Found(found.tags(), found.matching(), found.looked());
    }

    /** Looks through all tags of the image. */
    @Override
    public Found run(RegistryContext context) throws RegistryException, InterruptedException {
        TagCollector found = ImageTags.toRead(image, authentication, context)
                .read(() -> TagCollector.newest(Optional.ofNullable(pattern), limit));
        return new Found(found.tags(), found.matching(), found.looked());
    }

    /**
     * Looks through {@code most} tags at most; so many are enough to see that there are more.
     *
     * @return what was found among these, all of them or the first that came
     */
    public Found glance(RegistryContext context, int most) throws RegistryException, InterruptedException {
        try {
            Bounded found = ImageTags.toRead(image, authentication, context)
                    .read(() -> new Bounded(TagCollector.newest(Optional.ofNullable(pattern), limit), most));
            return found.found();
        } catch (Enough enough) {
            return enough.found;
        }
    }

    /** Ends the listing once it has seen enough. */
    private record Bounded(TagCollector tags, int most) implements Consumer<ListedTag> {
        @Override
        public void accept(ListedTag listed) {
            tags.accept(listed);
            if (tags.looked() >= most) {
                throw new Enough(found());
            }
        }

        Found found() {
            return new Found(tags.tags(), tags.matching(), tags.looked());
        }
    }

    /** The way out of a listing, whose consumers cannot say that they have enough. */
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
