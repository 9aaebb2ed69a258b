package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Lists all tags of a repository, page by page, one request each. Pages are as large as the registry takes; it says
 * where the next one is.
 */
public record TagLister(ImageName image) {

    /** Sizes to ask for, largest first: some registries refuse what they find too much instead of sending less. */
    private static final List<Integer> PAGE_SIZES = List.of(10_000, 1_000, 100);

    /** ECR is known to refuse more. */
    private static final int ECR_PAGE_SIZE = 1_000;

    /**
     * Hands every tag to {@code tags} in the registry's order.
     *
     * @throws RegistryException also when the registry sends a page it has already sent, or does not stop
     */
    public void list(RegistryTransport transport, Consumer<ListedTag> tags)
            throws RegistryException, InterruptedException {
        list(transport, firstPage(transport), tags);
    }

    /**
     * Hands a consumer the tags that begin with {@code beginning} if the registry shows that it lists them by name, and if
     * that does not suffice, another one all of them.
     *
     * @param readings makes the consumers
     * @return the consumer that suffices, or has seen everything
     */
    public <S extends Consumer<ListedTag>> S list(
            RegistryTransport transport, Supplier<S> readings, String beginning, Predicate<S> suffices)
            throws RegistryException, InterruptedException {
        TagPage.Content first = firstPage(transport);
        if (first.next().isPresent() && !beginning.isEmpty()) {
            S some = readings.get();
            if (new TagRange(image, beginning).list(transport, first, some) && suffices.test(some)) {
                return some;
            }
        }
        S all = readings.get();
        list(transport, first, all);
        return all;
    }

    private void list(RegistryTransport transport, TagPage.Content first, Consumer<ListedTag> tags)
            throws RegistryException, InterruptedException {
        PageTrail trail = new PageTrail();
        TagPage.Content page = first;
        while (true) {
            Optional<String> endless =
                    trail.add(page.tags().stream().findFirst(), page.tags().size(), page.next());
            if (endless.isPresent()) {
                throw new RegistryException("Cannot list the tags of " + image + " on " + transport.origin() + ": "
                        + endless.get() + "; without a complete list nothing is done");
            }
            for (Tag tag : page.tags()) {
                requireGoingOn();
                tags.accept(ListedTag.named(tag));
            }
            Optional<URI> next = page.next();
            if (next.isEmpty()) {
                return;
            }
            page = transport.call(new TagPage(image, next.get()));
        }
    }

    /** Whoever looks at the tags may take his time with each: a build that is aborted has to end in the middle of a page. */
    static void requireGoingOn() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private TagPage.Content firstPage(RegistryTransport transport) throws RegistryException, InterruptedException {
        List<Integer> sizes = sizes(transport.pageSize()).stream()
                .filter(n -> n <= ECR_PAGE_SIZE || !transport.origin().host().endsWith(".amazonaws.com"))
                .toList();
        for (int size : sizes.subList(0, sizes.size() - 1)) {
            try {
                return page(transport, size);
            } catch (RegistryException e) {
                if (e.status() != 400 && e.status() != 422) {
                    throw e;
                }
            }
        }
        return page(transport, sizes.get(sizes.size() - 1));
    }

    /** @param wanted 0 for the usual ones */
    private static List<Integer> sizes(int wanted) {
        return wanted == 0
                ? PAGE_SIZES
                : Stream.concat(Stream.of(wanted), PAGE_SIZES.stream().filter(n -> n < wanted))
                        .toList();
    }

    private TagPage.Content page(RegistryTransport transport, int size) throws RegistryException, InterruptedException {
        return transport.call(new TagPage(image, URI.create(Routes.tags(image, size))));
    }
}
