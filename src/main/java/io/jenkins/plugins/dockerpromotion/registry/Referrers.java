package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The referrers of a manifest, such as signatures and attestations (OCI distribution specification, "Listing
 * Referrers").
 *
 * @param all from the referrers API and the fallback tag, without duplicates
 * @param offered whether the registry has the referrers API
 * @param fallback the index under the fallback tag, which clients maintain if there is no API
 */
public record Referrers(List<Descriptor> all, boolean offered, Optional<Manifest> fallback) {

    /** One or two signatures for each platform of an image are common. Each is copied separately. */
    private static final int MAX = 10_000;

    private static final int MAX_INDEX = 8 * 1024 * 1024;

    public Referrers {
        all = List.copyOf(all);
    }

    /** The fallback tag of a subject (OCI distribution specification, "Referrers Tag Schema"). */
    public static Tag fallbackTag(Digest subject) {
        String algorithm = subject.algorithm();
        String hex = subject.hex();
        return new Tag(algorithm.substring(0, Math.min(32, algorithm.length()))
                + '-'
                + hex.substring(0, Math.min(64, hex.length())));
    }

    /**
     * @param subject by digest
     * @param without repositories that turned out to have no referrers API; they are not asked again
     */
    static Referrers read(
            ImageReference subject, RegistryClient client, RegistryTransport transport, Set<ImageName> without)
            throws RegistryException, InterruptedException {
        Optional<List<Descriptor>> listed =
                without.contains(subject.name()) ? Optional.empty() : list(subject, transport, without);
        Optional<Manifest> fallback = fallback(subject, client, listed.isPresent());
        Map<Digest, Descriptor> all = new LinkedHashMap<>();
        listed.orElse(List.of()).forEach(d -> all.putIfAbsent(d.digest(), d));
        fallback.map(Manifest::children).orElse(List.of()).forEach(d -> all.putIfAbsent(d.digest(), d));
        return new Referrers(List.copyOf(all.values()), listed.isPresent(), fallback);
    }

    /** @return empty if the registry has no referrers API */
    private static Optional<List<Descriptor>> list(
            ImageReference subject, RegistryTransport transport, Set<ImageName> without)
            throws RegistryException, InterruptedException {
        List<Descriptor> found = new ArrayList<>();
        Set<URI> asked = new HashSet<>();
        Optional<URI> target = Optional.of(path(subject, ""));
        while (target.isPresent()) {
            asked.add(target.get());
            Optional<Page> page = transport.call(request(subject, target.get()), answer -> {
                if (isUnknownAddress(answer)) {
                    without.add(subject.name());
                }
                return page(answer, subject);
            });
            if (page.isEmpty() && asked.size() == 1) {
                return Optional.empty();
            }
            if (page.isEmpty()) {
                throw failure(subject, transport, "a page of the list is missing");
            }
            found.addAll(page.get().descriptors);
            target = page.get().next;
            if (target.filter(asked::contains).isPresent() || Math.max(found.size(), asked.size()) > MAX) {
                throw failure(subject, transport, "it sends a page again, or more than " + MAX + " referrers");
            }
        }
        return Optional.of(found);
    }

    private static URI path(ImageReference subject, String query) {
        return URI.create("/v2/" + subject.name().path() + "/referrers/" + subject.reference() + query);
    }

    private static RegistryException failure(ImageReference subject, RegistryTransport transport, String why) {
        return new RegistryException(
                "Cannot list the referrers of " + subject + " on " + transport.origin() + ": " + why);
    }

    private record Page(List<Descriptor> descriptors, Optional<URI> next) {}

    /**
     * Registries without this API answer with many statuses: unknown address, unsupported method, missing permission or
     * server error. Temporary errors are retried as usual, because they do not mean that there are no referrers.
     */
    private static RegistryRequest request(ImageReference subject, URI target) {
        return RegistryRequest.of("list the referrers of " + subject, "GET", target)
                .needing(Scope.pull(subject.name().path()))
                .header("Accept", Manifest.OCI_INDEX)
                .accepting(status -> status < 502 && !Set.of(408, 425, 429).contains(status) || status == 505);
    }

    /** A registry with the API reports errors in JSON; a server without it sends its usual error page. */
    private static boolean isUnknownAddress(Answer answer) {
        return answer.status() == 404
                && !answer.header("Content-Type").orElse("").contains("json");
    }

    private static Optional<Page> page(Answer answer, ImageReference subject) throws IOException {
        if (answer.status() != 200) {
            return Optional.empty();
        }
        byte[] bytes = answer.bytes(MAX_INDEX);
        try {
            Optional<URI> next = NextLink.query(answer.headers("Link")).map(query -> path(subject, "?" + query));
            // For an unknown address, a proxy may answer with its own page or with other JSON.
            return Manifest.isIndex(bytes)
                    ? Optional.of(
                            new Page(Manifest.parse(bytes, Manifest.OCI_INDEX).children(), next))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            throw answer.failure("the list cannot be read: " + e.getMessage());
        }
    }

    /**
     * Some registries return the image itself for a digest that is written as a tag. This is not a list of referrers.
     */
    private static Optional<Manifest> fallback(ImageReference subject, RegistryClient client, boolean offered)
            throws RegistryException, InterruptedException {
        Digest digest = Digest.parse(subject.reference());
        ImageReference tag = ImageReference.tagged(subject.name(), fallbackTag(digest));
        try {
            // Registries with the API rarely have this tag. Unlike GET, HEAD does not count as a pull on Docker Hub.
            if (offered && client.resolve(tag).isEmpty()) {
                return Optional.empty();
            }
            return client.pullIfPresent(tag).filter(index -> isList(index, digest));
        } catch (RegistryException e) {
            // The tag contains something else, or a registry with the API does not show it.
            if (e.status() == 200 || (offered && !e.isTemporary())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Whether this is the list of referrers of a fallback tag. */
    public static boolean isList(Manifest index, Digest subject) {
        return index.mediaType().equals(Manifest.OCI_INDEX)
                && index.subject().isEmpty()
                && !subject.matches(index.bytes())
                && index.children().stream().noneMatch(entry -> entry.digest().equals(subject));
    }
}
