package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** The repositories of a registry, which Docker Hub's API and its registry share. */
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

    /** Stores the image with everything it refers to, then tags it. */
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
        image.children().forEach(child -> store(repository, child));
        image.blobs().forEach(repository::store);
        StoredManifest manifest = StoredManifest.of(image.mediaType(), image.bytes());
        repository.store(manifest);
        return manifest.digest();
    }

    static final class Repository {

        private final Map<String, StoredManifest> manifests = new ConcurrentHashMap<>();
        /** SHA-256 digests of manifests by their digests of other algorithms. */
        private final Map<String, String> otherDigests = new ConcurrentHashMap<>();

        private final Map<String, Content> blobs = new ConcurrentHashMap<>();
        private final NavigableMap<String, Tag> tags = new ConcurrentSkipListMap<>();
        private List<Tag> newestFirst;
        private List<String> shuffled;
        private long pushes;

        /** {@code push} is the number of the last push, which orders tags that were pushed at the same time. */
        record Tag(String name, String digest, Instant pushed, long push) {}

        void store(StoredManifest manifest) {
            manifests.put(manifest.digest(), manifest);
        }

        /** @param digest an additional digest of the manifest, of another algorithm */
        void alias(String digest, StoredManifest manifest) {
            otherDigests.put(digest, manifest.digest());
        }

        void store(String digest, Content content) {
            blobs.put(digest, content);
        }

        synchronized void tag(Collection<String> names, String digest, Instant at) {
            names.forEach(name -> tags.put(name, new Tag(name, digest, at, ++pushes)));
            forgetOrders();
        }

        Optional<String> digest(String tagOrDigest) {
            if (tagOrDigest.indexOf(':') >= 0) {
                return Optional.of(otherDigests.getOrDefault(tagOrDigest, tagOrDigest))
                        .filter(manifests::containsKey);
            }
            return tag(tagOrDigest).map(Tag::digest);
        }

        Optional<StoredManifest> manifest(String tagOrDigest) {
            return digest(tagOrDigest).map(manifests::get);
        }

        Stream<StoredManifest> manifests() {
            return manifests.values().stream().sorted(Comparator.comparing(StoredManifest::digest));
        }

        Optional<Content> blob(String digest) {
            return Optional.ofNullable(blobs.get(digest));
        }

        Optional<Tag> tag(String name) {
            return Optional.ofNullable(tags.get(name));
        }

        NavigableMap<String, Tag> tags() {
            return tags;
        }

        /** Cached, because sorting 100,000 tags for each page would dominate benchmarks. */
        synchronized List<Tag> newestFirst() {
            if (newestFirst == null) {
                newestFirst = new ArrayList<>(tags.values());
                newestFirst.sort(Comparator.comparing(Tag::pushed)
                        .thenComparing(Tag::push)
                        .reversed());
            }
            return newestFirst;
        }

        /** The tags in the order of their last push. */
        List<String> oldestFirst() {
            List<String> names =
                    new ArrayList<>(newestFirst().stream().map(Tag::name).toList());
            Collections.reverse(names);
            return names;
        }

        /** The tags in a pseudo-random, but stable order. */
        synchronized List<String> shuffled() {
            if (shuffled == null) {
                shuffled = new ArrayList<>(tags.keySet());
                shuffled.sort(Comparator.comparing((String name) -> name.hashCode() * 0x9E3779B9)
                        .thenComparing(Comparator.naturalOrder()));
            }
            return shuffled;
        }

        synchronized boolean deleteTag(String name) {
            forgetOrders();
            return tags.remove(name) != null;
        }

        synchronized boolean deleteManifest(String digest) {
            forgetOrders();
            tags.values().removeIf(tag -> tag.digest().equals(digest));
            return manifests.remove(digest) != null;
        }

        boolean deleteBlob(String digest) {
            return blobs.remove(digest) != null;
        }

        private void forgetOrders() {
            newestFirst = null;
            shuffled = null;
        }
    }

    /** A manifest: the pushed bytes and their parsed JSON. */
    record StoredManifest(String mediaType, byte[] bytes, String digest, JsonNode json) {

        static StoredManifest of(String mediaType, byte[] bytes) {
            return new StoredManifest(mediaType, bytes, Content.digestOf(bytes), TestJson.parse(bytes));
        }

        /** The digests of config and layers, without foreign layers, which registries do not store. */
        List<String> blobs() {
            List<String> digests = new ArrayList<>();
            config().ifPresent(config -> digests.add(config.path("digest").asText()));
            json.path("layers").forEach(layer -> {
                if (!layer.path("mediaType").asText().contains("foreign") && !layer.has("urls")) {
                    digests.add(layer.path("digest").asText());
                }
            });
            return digests;
        }

        List<String> children() {
            List<String> digests = new ArrayList<>();
            json.path("manifests")
                    .forEach(child -> digests.add(child.path("digest").asText()));
            return digests;
        }

        Optional<JsonNode> config() {
            return Optional.of(json.path("config")).filter(JsonNode::isObject);
        }

        Optional<String> subject() {
            return Optional.of(json.path("subject").path("digest"))
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::asText);
        }

        /** The artifact type; if the manifest has none, the media type of its config. */
        Optional<String> artifactType() {
            return Stream.of(json.path("artifactType"), json.path("config").path("mediaType"))
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::asText)
                    .findFirst();
        }
    }
}
