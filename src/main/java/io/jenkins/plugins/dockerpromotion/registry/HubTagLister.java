package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpCaller;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Lists all tags of a repository on Docker Hub: the first page tells how many there are, the others are read at once.
 *
 * @param api Docker Hub's API, without path
 * @param pageSize how many tags to ask for at once, 100 at most
 */
public record HubTagLister(URI api, ImageName image, int pageSize, Authorizer authorizer) {

    /** @param pageSize 0 for as many as Docker Hub sends */
    public HubTagLister {
        pageSize = pageSize == 0 ? HubTagPage.MAX_SIZE : pageSize;
    }

    /** A push or deletion meanwhile shifts tags between pages; then the list is read again, this often at most. */
    private static final int READINGS = 3;

    /**
     * Hands every tag to a consumer, in no order. A list that changed meanwhile is read again, for a new consumer.
     *
     * @param readings makes the consumer of a reading, which is called by one thread at a time
     * @return the consumer that has seen the complete list
     * @throws RegistryException also when the list never held still for the time it took to read it
     */
    public <S extends Consumer<ListedTag>> S list(HttpCaller caller, Supplier<S> readings)
            throws RegistryException, InterruptedException {
        TagCensus before = new TagCensus();
        for (int number = 1; number <= READINGS; number++) {
            S consumer = readings.get();
            Reading reading = new Reading(consumer);
            List<PageSize> pages = reading.read(caller);
            int count = pages.get(0).count();
            boolean whole = pages.stream().allMatch(p -> p.count() == count) && reading.census.different() == count;
            // The same twice is all there is, though the count, which Docker Hub may have from elsewhere, differs.
            if (whole || (reachesTheEnd(pages) && reading.census.isOfTheSame(before))) {
                return consumer;
            }
            before = reading.census;
        }
        throw new RegistryException(
                "Cannot list the tags of " + image + " on " + api.getHost() + ": the list changed each of " + READINGS
                        + " times while it was read; without a complete list nothing is done");
    }

    /** What is kept of a page once its tags are handed on. */
    private record PageSize(int count, int tags) {}

    /** Whether every page but the last is full, and the last is not: then there is none behind it. */
    private boolean reachesTheEnd(List<PageSize> pages) {
        int last = pages.size() - 1;
        return pages.stream().limit(last).allMatch(p -> p.tags() == pageSize)
                && pages.get(last).count() >= 0
                && pages.get(last).tags() < pageSize;
    }

    private final class Reading {

        private final Consumer<ListedTag> consumer;
        private final TagCensus census = new TagCensus();

        Reading(Consumer<ListedTag> consumer) {
            this.consumer = consumer;
        }

        List<PageSize> read(HttpCaller caller) throws RegistryException, InterruptedException {
            PageSize first = page(caller, 1);
            int pages = (first.count() + pageSize - 1) / pageSize;
            List<Callable<PageSize>> others = IntStream.rangeClosed(2, pages)
                    .<Callable<PageSize>>mapToObj(n -> () -> page(caller, n))
                    .toList();
            List<PageSize> all = new ArrayList<>(List.of(first));
            all.addAll(Parallel.all(others, Parallel.PER_HOST));
            return all;
        }

        private PageSize page(HttpCaller caller, int number) throws RegistryException, InterruptedException {
            HubTagPage page = new HubTagPage(api, image, number, pageSize, authorizer);
            HubTagPage.Content content = caller.call(page.call(), page);
            synchronized (census) {
                for (ListedTag listed : content.tags()) {
                    TagLister.requireGoingOn();
                    census.add(listed.tag().value());
                    consumer.accept(listed);
                }
            }
            return new PageSize(content.count(), content.tags().size());
        }
    }
}
