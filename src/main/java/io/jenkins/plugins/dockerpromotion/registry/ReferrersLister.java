package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lists what refers to a manifest, such as signatures and attestations (OCI distribution specification, "Listing
 * Referrers").
 *
 * @param subject by digest
 */
public record ReferrersLister(ImageReference subject) {

    /** A signature or two for each of an image's platforms; each of them is copied one by one. */
    private static final int MAX_REFERRERS = 10_000;

    private static final int MAX_INDEX = 8 * 1024 * 1024;

    /** @return nothing if the registry does not offer this, so that its fallback, a tag, has to be looked at */
    public Optional<List<Descriptor>> list(RegistryTransport transport) throws RegistryException, InterruptedException {
        List<Descriptor> found = new ArrayList<>();
        Set<URI> asked = new HashSet<>();
        Optional<URI> target = Optional.of(URI.create(Routes.referrers(subject)));
        while (target.isPresent()) {
            asked.add(target.get());
            Page page = transport.call(new PageReader(subject, target.get()));
            if (!page.offered) {
                return Optional.empty();
            }
            found.addAll(page.descriptors);
            if (page.next.filter(asked::contains).isPresent() || Math.max(found.size(), asked.size()) > MAX_REFERRERS) {
                throw new RegistryException("Cannot list what refers to " + subject + " on " + transport.origin()
                        + ": it sends the same page again and again, or more than " + MAX_REFERRERS + " referrers");
            }
            target = page.next;
        }
        return Optional.of(List.copyOf(found));
    }

    private record Page(boolean offered, List<Descriptor> descriptors, Optional<URI> next) {}

    private record PageReader(ImageReference subject, URI target) implements RegistryOperation<Page> {
        @Override
        public RegistryRequest request() {
            return RegistryRequest.of(
                    "list what refers to " + subject,
                    "GET",
                    target.toString(),
                    Map.of("Accept", MediaTypes.OCI_INDEX),
                    Scope.pull(subject.name().path()));
        }

        /** Registries that do not know the request answer it as a path or a name they do not know. */
        @Override
        public boolean accepts(int status) {
            return status == 200 || status == 400 || status == 404 || status == 405;
        }

        @Override
        public Page read(Answer answer) throws IOException {
            if (answer.status() != 200) {
                return new Page(false, List.of(), Optional.empty());
            }
            try {
                Manifest index = Manifest.parse(answer.bytes(MAX_INDEX), MediaTypes.OCI_INDEX);
                Optional<URI> next = NextLink.query(answer.headers("Link"))
                        .map(query -> URI.create(Routes.referrers(subject) + "?" + query));
                return new Page(true, index.children(), next);
            } catch (IllegalArgumentException e) {
                // Some proxies answer a page of their own for paths they do not know.
                return new Page(false, List.of(), Optional.empty());
            }
        }
    }
}
