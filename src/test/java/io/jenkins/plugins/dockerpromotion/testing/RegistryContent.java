package io.jenkins.plugins.dockerpromotion.testing;

import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** What a registry holds; Docker Hub's API host looks at the same content as its registry host. */
final class RegistryContent {

    private final Map<String, Repository> repositories = new ConcurrentHashMap<>();
    private final InstantSource clock;

    RegistryContent(InstantSource clock) {
        this.clock = clock;
    }

    Optional<Repository> find(String name) {
        return Optional.ofNullable(repositories.get(name));
    }

    Repository create(String name) {
        return repositories.computeIfAbsent(name, it -> new Repository());
    }

    Repository existing(String name) {
        return find(name).orElseThrow(() -> new NoSuchElementException("no repository " + name));
    }

    Set<String> names() {
        return new TreeSet<>(repositories.keySet());
    }

    /** Stores the image with all it names, then tags it. */
    String push(String name, Collection<String> tags, TestImage image) {
        Repository repository = create(name);
        String digest = store(repository, image);
        repository.tag(tags, digest, clock.instant());
        return digest;
    }

    void tag(String name, Collection<String> tags, String digest) {
        create(name).tag(tags, digest, clock.instant());
    }

    private static String store(Repository repository, TestImage image) {
        List<TestImage> children = image.children();
        children.forEach(child -> store(repository, child));
        image.blobs().forEach(repository::store);
        StoredManifest manifest = StoredManifest.of(image.mediaType(), image.bytes());
        repository.store(manifest);
        return manifest.digest();
    }
}
