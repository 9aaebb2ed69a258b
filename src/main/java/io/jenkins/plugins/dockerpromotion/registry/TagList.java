package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Progress;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The tags of a repository from the registry API, page by page (OCI distribution specification, "Listing Tags"). The
 * list is complete, or reading it fails: tags that are missing from a list could be deleted or overwritten.
 *
 * <p>A registry names the next page in the header {@code Link}. Some send part of a long list without this header.
 * After a page that may have been cut off, the tags after its last tag are therefore requested.
 */
final class TagList {

    /** Page sizes, largest first: some registries refuse a large size instead of sending less. */
    private static final List<Integer> PAGE_SIZES = List.of(10_000, 1_000, 100);

    private static final int ECR_PAGE_SIZE = 1_000;

    private static final int MAX_TAGS = 1_000_000;
    private static final int MAX_PAGES = 10_000;

    /** Enough for a hundred thousand long tags. Some registries have no pages and send all tags at once. */
    private static final long MAX_PAGE_BYTES = 32L * 1024 * 1024;

    private final RegistryTransport transport;
    private final ImageName image;
    private int size;

    TagList(RegistryTransport transport, ImageName image) {
        this.transport = transport;
        this.image = image;
    }

    /**
     * Passes a consumer the tags that start with {@code beginning} if the registry is known to sort tags by name. If
     * these are not enough, another consumer receives all tags, each once, in the registry's order.
     *
     * @param readings creates the consumers
     * @param beginning empty for all tags
     * @return the consumer that received enough, or everything
     * @throws RegistryException also if the list is not complete, or does not end
     */
    <S extends Consumer<ListedTag>> S read(Supplier<S> readings, String beginning, Predicate<S> suffices)
            throws RegistryException, InterruptedException {
        Page first = firstPage();
        if (!beginning.isEmpty() && (first.next().isPresent() || mayBeCut(first))) {
            S some = readings.get();
            if (readRange(first, beginning, some) && suffices.test(some)) {
                return some;
            }
        }
        S all = readings.get();
        readAll(first, all);
        return all;
    }

    private void readAll(Page first, Consumer<ListedTag> tags) throws RegistryException, InterruptedException {
        Pages pages = new Pages(first);
        do {
            for (String name : pages.unseen) {
                handOn(name, tags);
            }
        } while (pages.next());
    }

    /**
     * Reads the tags with one beginning and as few others as possible. The specification requires tags to be sorted by
     * name, but some registries sort them differently, and none reports its order. The order is considered proven if
     * all pages are in ascending order, and if the registry returns the correct tags after a name that is not a tag. A
     * registry that sorts by push time cannot do this.
     *
     * @param beginning followed by a digit or a letter
     * @return whether the order is proven; if not, tags may be missing
     */
    private boolean readRange(Page first, String beginning, Consumer<ListedTag> tags)
            throws RegistryException, InterruptedException {
        String before = beginning + '-';
        String behind = beginning + 'z';
        if (first.names().isEmpty() || !ascends(first.names(), "") || !Tag.isValid(before)) {
            return false;
        }
        boolean beginsInside = first.names().get(0).compareTo(before) > 0;
        // If this came before the first tag, a registry that starts again would look sorted.
        Optional<Page> shown = beginsInside
                ? after(behind, 1, first)
                : after(before, first.names().size(), first);
        if (shown.isEmpty()) {
            return false;
        }
        Pages pages = new Pages(beginsInside ? first : shown.get());
        String previous = beginsInside ? "" : before;
        do {
            if (!ascends(pages.page.names(), previous)) {
                return false;
            }
            for (String name : pages.page.names()) {
                if (!name.startsWith(beginning)) {
                    return true;
                }
                handOn(name, tags);
                previous = name;
            }
        } while (pages.next());
        return true;
    }

    /** The tags after a name that is not a tag; empty unless they are correct for a sorted list. */
    private Optional<Page> after(String name, int count, Page first) throws RegistryException, InterruptedException {
        try {
            Page page = page(query(count, name));
            Optional<String> next = page.names().stream().findFirst();
            Optional<String> expected =
                    first.names().stream().filter(n -> n.compareTo(name) > 0).findFirst();
            return next.filter(n -> n.compareTo(name) > 0 && n.equals(expected.orElse(n)))
                    .map(n -> page);
        } catch (RegistryException e) {
            if (e.status() >= 400 && e.status() < 500) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static boolean ascends(List<String> names, String previous) {
        String last = previous;
        for (String name : names) {
            if (name.compareTo(last) <= 0) {
                return false;
            }
            last = name;
        }
        return true;
    }

    private static void handOn(String name, Consumer<ListedTag> tags) throws InterruptedException {
        requireGoingOn();
        if (Tag.isValid(name)) {
            tags.accept(ListedTag.named(new Tag(name)));
        }
    }

    /** A consumer may be slow, so an aborted build must end in the middle of a page. */
    static void requireGoingOn() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Follows the pages of a list to its end. */
    private final class Pages {

        private final Set<String> seen = new HashSet<>();
        private final Set<String> followed = new HashSet<>();
        private final Progress progress =
                new Progress(transport.context(), read -> "Reading the tags of " + image + ": " + read + " so far");
        private Page page;
        private List<String> unseen;
        private String lastButOne = "";
        private boolean linked;
        private boolean unlinked;

        Pages(Page first) throws RegistryException {
            take(first);
        }

        private void take(Page next) throws RegistryException {
            String last = page == null ? "" : page.last();
            page = next;
            unseen = page.names().stream().filter(seen::add).toList();
            if (!unseen.isEmpty()) {
                lastButOne = unseen.size() > 1 ? unseen.get(unseen.size() - 2) : last;
            }
            progress.add(unseen.size());
            if (seen.size() > MAX_TAGS || followed.size() > MAX_PAGES) {
                throw incomplete("it continues after " + followed.size() + " pages and " + seen.size() + " tags");
            }
        }

        /** Reads the next page; returns whether there is another one. */
        boolean next() throws RegistryException, InterruptedException {
            if (page.next().isPresent()) {
                linked = true;
                follow(page.next().get());
                return true;
            }
            // A registry that names next pages names all of them, unless the name cannot be read. Otherwise, pages are
            // requested until there are no new tags.
            return (!linked || page.linked())
                    && (mayBeCut(page) || unlinked && !page.names().isEmpty())
                    && askOn();
        }

        private void follow(String link) throws RegistryException, InterruptedException {
            String query = link.isEmpty() ? query(size, page.last()) : link;
            boolean again = !followed.add(query);
            if (!again) {
                take(nextPage(query));
                again = unseen.isEmpty() && !page.names().isEmpty();
            }
            if (again) {
                throw incomplete("it sends the same page repeatedly");
            }
        }

        /** A missing page does not mean that there is no such image. */
        private Page nextPage(String query) throws RegistryException, InterruptedException {
            try {
                return page(query);
            } catch (NotFoundException e) {
                throw incomplete("the registry names a next page, but answers 404 when asked for it");
            }
        }

        private boolean askOn() throws RegistryException, InterruptedException {
            Page before = page;
            String query = query(size, before.last());
            followed.add(query);
            try {
                take(page(query));
            } catch (RegistryException e) {
                if (isRefusal(e) && !small(before).next().isPresent()) {
                    throw unclear(before, "answers " + e.status());
                }
                if (!isRefusal(e)) {
                    throw e;
                }
                return false;
            }
            unlinked |= !unseen.isEmpty();
            if (unseen.isEmpty() && page.names().size() >= before.names().size() && !isTheEnd(before)) {
                throw unclear(before, "sends the same tags");
            }
            return !unseen.isEmpty();
        }

        /**
         * Whether {@code last} was the last page, although the registry sends the same tags again when asked for more.
         */
        private boolean isTheEnd(Page last) throws RegistryException, InterruptedException {
            Page small = small(page);
            // A registry that also ignores the count always sends all tags, like the CNCF registry before 3.0. A
            // registry that finds nothing after the last tag may start again, like crane's registry.
            return small.next().isPresent()
                    || small.names().size() == page.names().size()
                    || !lastButOne.isEmpty()
                            && page(query(size, lastButOne)).names().equals(List.of(last.last()));
        }

        /**
         * Reads a page with another size, which shows whether the registry respects the size and names the next page.
         */
        private Page small(Page usual) throws RegistryException, InterruptedException {
            return page("n=" + (usual.names().size() == 1 ? 2 : 1));
        }

        private RegistryException unclear(Page last, String what) {
            return incomplete("the list may be cut off after exactly "
                    + last.names().size() + " tags, and the registry " + what
                    + " when asked for the tags after the last one; an administrator can set another page size for"
                    + " this registry");
        }
    }

    private RegistryException incomplete(String why) {
        return new RegistryException("Cannot list the tags of " + image + " on " + transport.origin() + ": " + why
                + "; nothing is done without a complete list");
    }

    private boolean mayBeCut(Page page) {
        return page.next().isEmpty()
                && !page.names().isEmpty()
                && (page.linked()
                        || page.names().size() == size
                        || isRound(page.names().size()));
    }

    /** Registries and gateways cut off pages at such numbers, whatever the request says. */
    private static boolean isRound(int tags) {
        int digits = tags;
        while (digits % 10 == 0) {
            digits /= 10;
        }
        boolean power = Integer.bitCount(tags) == 1;
        return tags >= 20
                && (digits < 10 || power || Set.of(25, 75, 150, 250, 750).contains(tags));
    }

    /** A client error other than missing permission or a rate limit. */
    private static boolean isRefusal(RegistryException e) {
        return e.status() >= 400
                && e.status() < 500
                && !Set.of(401, 403, 408, 429).contains(e.status());
    }

    private Page firstPage() throws RegistryException, InterruptedException {
        boolean ecr = transport.origin().host().endsWith(".amazonaws.com");
        int wanted = transport.pageSize();
        List<Integer> sizes = Stream.concat(
                        wanted == 0 ? Stream.empty() : Stream.of(wanted),
                        PAGE_SIZES.stream().filter(n -> wanted == 0 || n < wanted))
                .filter(n -> !ecr || n <= ECR_PAGE_SIZE)
                .toList();
        for (int smaller = 1; ; smaller++) {
            size = sizes.get(smaller - 1);
            try {
                return page("n=" + size);
            } catch (RegistryException e) {
                if (e.status() == 404 || !(isRefusal(e) || e.status() == 500) || smaller == sizes.size()) {
                    throw e;
                }
            }
        }
    }

    private static String query(int count, String last) {
        return "n=" + count + "&last=" + URLEncoder.encode(last, StandardCharsets.UTF_8);
    }

    /**
     * @param names in the registry's order; some may not be valid tags
     * @param next the query of the next page, if the registry names one
     * @param linked whether there is a header {@code Link} with any value
     */
    record Page(List<String> names, Optional<String> next, boolean linked) {
        String last() {
            return names.isEmpty() ? "" : names.get(names.size() - 1);
        }
    }

    private Page page(String query) throws RegistryException, InterruptedException {
        RegistryRequest get = RegistryRequest.of(
                "list the tags of " + image,
                "GET",
                "/v2/" + image.path() + "/tags/list?" + query,
                Scope.pull(image.path()));
        return transport.call(get.header("Accept", "application/json"), TagList::page);
    }

    static Page page(Answer answer) throws IOException {
        List<String> names = new ArrayList<>();
        // If anything else counted as an empty list, tags could be deleted because it does not name them.
        if (!answer.forEachText("tags", MAX_PAGE_BYTES, names::add)) {
            throw answer.failure("the answer is not a list of tags");
        }
        List<String> links = answer.headers("Link");
        return new Page(names, NextLink.query(links), !links.isEmpty());
    }
}
