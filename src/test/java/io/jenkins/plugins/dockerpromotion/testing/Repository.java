package io.jenkins.plugins.dockerpromotion.testing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** One repository's tags, manifests and blobs. */
final class Repository {

    private final Map<String, StoredManifest> manifests = new ConcurrentHashMap<>();
    /** Digests of other algorithms that manifests were pushed by, and their usual ones. */
    private final Map<String, String> otherDigests = new ConcurrentHashMap<>();

    private final Map<String, Content> blobs = new ConcurrentHashMap<>();
    private final NavigableMap<String, Tag> tags = new ConcurrentSkipListMap<>();
    private List<Tag> newestFirst;
    private List<String> shuffled;
    private long pushes;
    private volatile boolean immutable;

    /** A tag, when it was last pushed, and the number of that push, which orders tags of the same moment. */
    record Tag(String name, String digest, Instant pushed, long push) {}

    void store(StoredManifest manifest) {
        manifests.put(manifest.digest(), manifest);
    }

    /** @param digest of another algorithm, by which the manifest can be found as well */
    void store(StoredManifest manifest, String digest) {
        store(manifest);
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

    /** The tags in lexical order. */
    NavigableMap<String, Tag> tags() {
        return tags;
    }

    /** Kept between calls: sorting a hundred thousand tags for each page would be all that a benchmark measures. */
    synchronized List<Tag> newestFirst() {
        if (newestFirst == null) {
            newestFirst = new ArrayList<>(tags.values());
            newestFirst.sort(
                    Comparator.comparing(Tag::pushed).thenComparing(Tag::push).reversed());
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

    /** The tags in an order that looks like none and is always the same. */
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

    boolean immutable() {
        return immutable;
    }

    void immutable(boolean changed) {
        immutable = changed;
    }

    private void forgetOrders() {
        newestFirst = null;
        shuffled = null;
    }
}
