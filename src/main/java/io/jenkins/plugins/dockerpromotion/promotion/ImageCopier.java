package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings everything a manifest refers to into another repository, so that the manifest can be stored there: mounted
 * within one registry, streamed between two. Nothing touches a disk.
 */
final class ImageCopier {

    /** Ten times what the largest images have; indexes that list indexes could name any number of them. */
    private static final int MAX_MANIFESTS = 1_000;

    /** Of all manifests together, which are held until the last of them is stored. */
    private static final long MAX_BYTES = 64L * 1024 * 1024;

    private final Side from;
    private final Side to;
    private final BlobCopier blobs;

    /** One repository, and the registry that holds it. */
    record Side(RegistryClient registry, ImageName image) {}

    /** @param attempts how often a blob is tried at most */
    ImageCopier(Side from, Side to, TransferLog log, int attempts) {
        this.from = from;
        this.to = to;
        this.blobs = new BlobCopier(from, to, log, attempts);
    }

    Side from() {
        return from;
    }

    Side to() {
        return to;
    }

    /** Copies what {@code root} refers to, not {@code root} itself. */
    void copy(Manifest root) throws RegistryException, InterruptedException {
        List<List<Manifest>> levels = levels(root);
        Map<String, Descriptor> distinct = new LinkedHashMap<>();
        levels.forEach(level -> level.forEach(
                m -> m.blobs().forEach(b -> distinct.put(b.digest().toString(), b))));
        copyBlobs(distinct.values());
        // The deepest first: a registry refuses an index whose manifests it does not have.
        for (int depth = levels.size() - 1; depth > 0; depth--) {
            push(levels.get(depth));
        }
    }

    /** Copies {@code manifest} with all it refers to, under its digest. */
    void copyWhole(Manifest manifest) throws RegistryException, InterruptedException {
        copy(manifest);
        push(List.of(manifest));
    }

    /** The manifest, those it lists, those they list… An index within an index is rare, deeper ones do not occur. */
    private List<List<Manifest>> levels(Manifest root) throws RegistryException, InterruptedException {
        List<List<Manifest>> levels = new ArrayList<>();
        List<Manifest> level = List.of(root);
        int count = 0;
        AtomicLong bytes = new AtomicLong();
        while (!level.isEmpty()) {
            levels.add(level);
            Set<Digest> children = new LinkedHashSet<>();
            level.forEach(parent -> parent.children().forEach(child -> children.add(child.digest())));
            count += children.size();
            require(count <= MAX_MANIFESTS, root, "it consists of more than " + MAX_MANIFESTS + " manifests");
            List<Callable<Manifest>> pulls = children.stream()
                    .<Callable<Manifest>>map(child -> () -> {
                        Manifest manifest = from.registry.pull(ImageReference.pinned(from.image, child));
                        long all = bytes.addAndGet(manifest.bytes().length);
                        require(all <= MAX_BYTES, root, "its manifests have more than " + MAX_BYTES + " bytes");
                        return manifest;
                    })
                    .toList();
            level = Parallel.all(pulls, Parallel.PER_HOST);
        }
        return levels;
    }

    private void require(boolean fulfilled, Manifest root, String otherwise) throws RegistryException {
        if (!fulfilled) {
            throw new RegistryException("Cannot copy " + from.image + "@" + root.digest() + ": " + otherwise);
        }
    }

    private void copyBlobs(Collection<Descriptor> descriptors) throws RegistryException, InterruptedException {
        List<Callable<Void>> copies = descriptors.stream()
                .<Callable<Void>>map(blob -> () -> {
                    blobs.copy(blob);
                    return null;
                })
                .toList();
        Parallel.all(copies, blobs.width());
    }

    private void push(List<Manifest> manifests) throws RegistryException, InterruptedException {
        List<Callable<Void>> pushes = manifests.stream()
                .<Callable<Void>>map(m -> () -> {
                    to.registry.push(ImageReference.pinned(to.image, m.digest()), m);
                    return null;
                })
                .toList();
        Parallel.all(pushes, Parallel.PER_HOST);
    }
}
