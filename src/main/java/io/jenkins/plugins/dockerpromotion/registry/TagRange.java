package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Lists the tags of one beginning, and as few others as possible, from a registry that lists tags by name. The
 * specification wants that ("Listing Tags"), some registries do otherwise, and none says so. It counts as shown if all
 * pages that are read ascend, and if the registry tells what comes after a name that is no tag: one which goes by the time
 * of a push, or by chance, cannot.
 *
 * @param beginning behind which a digit or a letter of a commit follows
 */
record TagRange(ImageName image, String beginning) {

    /** No tag that is wanted comes before this one: the hyphen is the least character a tag can have. */
    private String before() {
        return beginning + '-';
    }

    /** No tag that is wanted comes after this one. */
    private String behind() {
        return beginning + 'z';
    }

    /**
     * Hands on the tags of the range. Where it returns {@code false}, the order is not shown, and some may be missing.
     *
     * @param first the first page of all tags, of which there are more
     */
    boolean list(RegistryTransport transport, TagPage.Content first, Consumer<ListedTag> tags)
            throws RegistryException, InterruptedException {
        if (first.tags().isEmpty() || !ascends(first.tags(), "") || !Tag.isValid(before())) {
            return false;
        }
        if (isAfter(first.tags().get(0), before())) {
            // Asked for what comes after an unknown name, a registry that begins anew would look like a sorted one.
            return after(transport, first, behind(), 1).isPresent() && readOn(transport, first, "", tags);
        }
        Optional<TagPage.Content> start =
                after(transport, first, before(), first.tags().size());
        return start.isPresent() && readOn(transport, start.get(), before(), tags);
    }

    /** What comes after a name that is no tag; nothing unless it is what a sorted list has there. */
    private Optional<TagPage.Content> after(RegistryTransport transport, TagPage.Content first, String name, int size)
            throws RegistryException, InterruptedException {
        TagPage.Content page;
        try {
            page = page(transport, URI.create(Routes.tags(image, size, name)));
        } catch (RegistryException e) {
            if (e.status() >= 400 && e.status() < 500) {
                return Optional.empty();
            }
            throw e;
        }
        Optional<Tag> next = page.tags().stream().findFirst();
        Optional<Tag> expected =
                first.tags().stream().filter(tag -> isAfter(tag, name)).findFirst();
        return next.filter(tag -> isAfter(tag, name) && tag.equals(expected.orElse(tag)))
                .map(tag -> page);
    }

    private boolean readOn(RegistryTransport transport, TagPage.Content start, String before, Consumer<ListedTag> tags)
            throws RegistryException, InterruptedException {
        PageTrail trail = new PageTrail();
        TagPage.Content page = start;
        String previous = before;
        while (!page.tags().isEmpty()
                && ascends(page.tags(), previous)
                && trail.add(page.tags().stream().findFirst(), page.tags().size(), page.next())
                        .isEmpty()) {
            for (Tag tag : page.tags()) {
                TagLister.requireGoingOn();
                if (!tag.value().startsWith(beginning)) {
                    return true;
                }
                tags.accept(ListedTag.named(tag));
                previous = tag.value();
            }
            if (page.next().isEmpty()) {
                return true;
            }
            page = page(transport, page.next().get());
        }
        return false;
    }

    private TagPage.Content page(RegistryTransport transport, URI target)
            throws RegistryException, InterruptedException {
        return transport.call(new TagPage(image, target));
    }

    private static boolean ascends(List<Tag> tags, String previous) {
        String last = previous;
        for (Tag tag : tags) {
            if (!isAfter(tag, last)) {
                return false;
            }
            last = tag.value();
        }
        return true;
    }

    private static boolean isAfter(Tag tag, String name) {
        return tag.value().compareTo(name) > 0;
    }
}
