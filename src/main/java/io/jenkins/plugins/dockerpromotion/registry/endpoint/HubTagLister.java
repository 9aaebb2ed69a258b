package io.jenkins.plugins.dockerpromotion.registry.endpoint;

import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpCaller;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.reference.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.reference.Tag;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * Lists all tags of a repository on Docker Hub: the first page tells how many there are, the others are read at once.
 *
 * @param api Docker Hub's API, without path
 */
public record HubTagLister(URI api, ImageName image, Authorizer authorizer) {

    /** A push or deletion meanwhile shifts tags between pages; then the list is read again, this often at most. */
    private static final int READINGS = 3;

    /**
     * @return the tags, newest push first
     * @throws RegistryException also when the list never held still for the time it took to read it
     */
    public List<Tag> list(HttpCaller caller) throws RegistryException, InterruptedException {
        Set<Tag> before = Set.of();
        for (int reading = 1; reading <= READINGS; reading++) {
            List<HubTagPage.Content> pages = read(caller);
            Set<Tag> tags = new LinkedHashSet<>();
            pages.forEach(p -> tags.addAll(p.tags()));
            int count = pages.get(0).count();
            boolean whole = pages.stream().allMatch(p -> p.count() == count) && tags.size() == count;
            // The same twice is all there is, though the count, which Docker Hub may have from elsewhere, differs.
            if (whole || (reachesTheEnd(pages) && tags.equals(before))) {
                return List.copyOf(tags);
            }
            before = tags;
        }
        throw new RegistryException(
                "Cannot list the tags of " + image + " on " + api.getHost() + ": the list changed each of " + READINGS
                        + " times while it was read; without a complete list nothing is done");
    }

    /** Whether every page but the last is full, and the last is not: then there is none behind it. */
    private static boolean reachesTheEnd(List<HubTagPage.Content> pages) {
        int last = pages.size() - 1;
        return pages.stream().limit(last).allMatch(p -> p.tags().size() == HubTagPage.SIZE)
                && pages.get(last).count() >= 0
                && pages.get(last).tags().size() < HubTagPage.SIZE;
    }

    private List<HubTagPage.Content> read(HttpCaller caller) throws RegistryException, InterruptedException {
        HubTagPage first = new HubTagPage(api, image, 1, authorizer);
        HubTagPage.Content start = caller.call(first.call(), first);
        int pages = (start.count() + HubTagPage.SIZE - 1) / HubTagPage.SIZE;
        List<Callable<HubTagPage.Content>> others = IntStream.rangeClosed(2, pages)
                .<Callable<HubTagPage.Content>>mapToObj(n -> () -> {
                    HubTagPage page = new HubTagPage(api, image, n, authorizer);
                    return caller.call(page.call(), page);
                })
                .toList();
        List<HubTagPage.Content> all = new ArrayList<>(List.of(start));
        all.addAll(Parallel.all(others, Parallel.PER_HOST));
        return all;
    }
}
