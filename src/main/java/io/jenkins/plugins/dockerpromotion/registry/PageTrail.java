package io.jenkins.plugins.dockerpromotion.registry;

import java.net.URI;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The pages of a list that were read so far: finds out when a registry leads in a circle, or never comes to an end. */
final class PageTrail {

    /** A million tags on pages of a hundred; a registry that makes up pages would go on for ever. */
    static final int MAX_PAGES = 10_000;

    /** What a list of a million tags has; their names alone take a hundred MiB. */
    static final int MAX_ITEMS = 1_000_000;

    private final Set<Object> firsts = new HashSet<>();
    private final Set<URI> links = new HashSet<>();
    private int pages;
    private int items;

    /**
     * Takes down a page.
     *
     * @param first what stands first on it, if anything does
     * @param count how many things stand on it
     * @param next where it leads
     * @return why it must not be gone on, if so
     */
    Optional<String> add(Optional<?> first, int count, Optional<URI> next) {
        pages++;
        items += count;
        boolean repeated =
                !first.map(firsts::add).orElse(true) || !next.map(links::add).orElse(true);
        if (repeated) {
            return Optional.of("it sends the same page again and again");
        }
        if (items > MAX_ITEMS || (pages >= MAX_PAGES && next.isPresent())) {
            return Optional.of(
                    "it never comes to an end: it went on after " + pages + " pages and " + items + " entries");
        }
        return Optional.empty();
    }
}
