package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Brings everything a manifest refers to into another repository, so that the manifest can be stored there: mounted
 * within one registry, streamed between two. Each blob and each manifest is copied once, however often it is listed, and
 * a manifest is stored as soon as all that it lists is there. Nothing touches a disk.
 */
final class ImageCopier {

    /** Ten times what the largest images have; indexes that list indexes could name any number of them. */
    private static final int MAX_MANIFESTS = 1_000;

    /** Of all manifests together. */
    private static final long MAX_BYTES = 64L * 1024 * 1024;

    /** An index within an index is rare, deeper ones do not occur; each level has threads of its own. */
    private static final int MAX_DEPTH = 8;

    /** Parts of a manifest that is part of another one; these are copied side by side, too. */
    private static final int NESTED = 4;

    private final Side from;
    private final Side to;
    private final Transfers transfers;
    private final Map<Digest, FutureTask<Void>> copies = new ConcurrentHashMap<>();
    private final AtomicInteger manifests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Digest> leftOut = ConcurrentHashMap.newKeySet();

    /** One repository, and the registry that holds it. */
    record Side(RegistryClient registry, ImageName image) {}

    ImageCopier(Side from, Side to, Transfers transfers) {
        this.from = from;
        this.to = to;
        this.transfers = transfers;
    }

    Side from() {
        return from;
    }

    Side to() {
        return to;
    }

    /** Copies what {@code root} refers to, not {@code root} itself. */
    void copy(Manifest root) throws RegistryException, InterruptedException {
        copyParts(root, 0);
    }

    /** Copies {@code manifest} with all it refers to, under its digest. */
    void copyWhole(Manifest manifest) throws RegistryException, InterruptedException {
        once(manifest.digest(), () -> {
            copyParts(manifest, 0);
            push(manifest);
            return null;
        });
    }

    /** What to add to the error of a registry that refuses a manifest; empty if nothing is missing. */
    String missing() {
        return leftOut.isEmpty()
                ? ""
                : "; " + from.image + " does not have the layers "
                        + leftOut.stream().map(Digest::abbreviated).sorted().collect(Collectors.joining(", "))
                        + ", whose type lets registries do without them, and this one may insist on them: push the image"
                        + " with all its layers (dockerd's \"allow-nondistributable-artifacts\")";
    }

    private void copyParts(Manifest manifest, int depth) throws RegistryException, InterruptedException {
        require(depth < MAX_DEPTH, manifest, "its indexes are nested too deeply");
        require(bytes.addAndGet(manifest.bytes().length) <= MAX_BYTES, manifest, "its manifests have too many bytes");
        Collection<Descriptor> children = distinct(manifest.children());
        require(
                manifests.addAndGet(children.size()) <= MAX_MANIFESTS,
                manifest,
                "it consists of more than " + MAX_MANIFESTS + " manifests");
        List<Callable<Void>> parts = new ArrayList<>();
        distinct(manifest.optionalBlobs())
                .forEach(blob -> parts.add(() -> once(blob.digest(), () -> {
                    copyIfThere(blob);
                    return null;
                })));
        distinct(manifest.blobs())
                .forEach(blob -> parts.add(() -> once(blob.digest(), () -> {
                    copyBlob(blob);
                    return null;
                })));
        children.forEach(child -> parts.add(() -> once(child.digest(), () -> {
            copyChild(child.digest(), depth + 1);
            return null;
        })));
        Parallel.all(parts, depth == 0 ? Transfers.REQUESTS : NESTED);
    }

    private static Collection<Descriptor> distinct(List<Descriptor> descriptors) {
        Map<Digest, Descriptor> distinct = new LinkedHashMap<>();
        descriptors.forEach(descriptor -> distinct.putIfAbsent(descriptor.digest(), descriptor));
        return distinct.values();
    }

    private void require(boolean fulfilled, Manifest manifest, String otherwise) throws RegistryException {
        if (!fulfilled) {
            throw new RegistryException("Cannot copy " + from.image + "@" + manifest.digest() + ": " + otherwise);
        }
    }

    /** Copies what has this digest, or waits for whoever does. What a digest names cannot contain itself. */
    private Void once(Digest digest, Callable<Void> copy) throws RegistryException, InterruptedException {
        FutureTask<Void> mine = new FutureTask<>(copy);
        FutureTask<Void> first = copies.putIfAbsent(digest, mine);
        if (first == null) {
            mine.run();
        }
        try {
            return (first == null ? mine : first).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RegistryException failure) {
                throw failure;
            }
            if (e.getCause() instanceof InterruptedException) {
                throw new InterruptedException();
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void copyChild(Digest child, int depth) throws RegistryException, InterruptedException {
        // A look saves looks at all its blobs. Within a registry these are mounted, which takes no look.
        boolean there = !isWithinRegistry()
                && transfers
                        .request(() -> to.registry.digestOf(ImageReference.pinned(to.image, child)))
                        .isPresent();
        if (!there) {
            Manifest manifest = transfers.request(() -> from.registry.pull(ImageReference.pinned(from.image, child)));
            copyParts(manifest, depth);
            push(manifest);
        }
    }

    private void push(Manifest manifest) throws RegistryException, InterruptedException {
        transfers.request(() -> {
            try {
                return to.registry.push(ImageReference.pinned(to.image, manifest.digest()), manifest);
            } catch (RegistryException e) {
                throw explained(e);
            }
        });
    }

    /** The same failure, with what this copy left out. */
    RegistryException explained(RegistryException failure) {
        return leftOut.isEmpty()
                ? failure
                : new RegistryException(
                        failure.getMessage() + missing(),
                        new RegistryException.Reason(failure.status(), failure.codes(), failure.isTemporary()));
    }

    private boolean isWithinRegistry() {
        return from.image.host().equals(to.image.host());
    }

    /** A layer that need not be stored with its image is, as long as there is one. */
    private void copyIfThere(Descriptor blob) throws RegistryException, InterruptedException {
        if (blob.data().isPresent() || transfers.request(() -> from.registry.hasBlob(from.image, blob.digest()))) {
            copyBlob(blob);
        } else {
            leftOut.add(blob.digest());
        }
    }

    /** Moves a blob that several images of a promotion have into each registry once. */
    private void copyBlob(Descriptor blob) throws RegistryException, InterruptedException {
        if (isMounted(blob)) {
            copy(blob, from.image);
            return;
        }
        Transfers.First first = transfers.first(to.image, blob.digest());
        if (first.image().equals(to.image)) {
            boolean done = false;
            try {
                copy(blob, to.image);
                done = true;
            } finally {
                first.done().complete(done);
            }
        } else {
            copy(blob, isDone(first) ? first.image() : to.image);
        }
    }

    private static boolean isDone(Transfers.First first) throws InterruptedException {
        try {
            return first.done().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Within a registry; but what is embedded in its manifest need not be stored where the image comes from. */
    private boolean isMounted(Descriptor blob) {
        return isWithinRegistry() && blob.data().isEmpty();
    }

    /**
     * Copies {@code blob}, again from the start if the connection breaks half-way.
     *
     * @param there the repository of the target's registry that is known to have it, or the target itself
     */
    private void copy(Descriptor blob, ImageName there) throws RegistryException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                copyOnce(blob, there);
                return;
            } catch (RegistryException e) {
                if (!e.isTemporary() || attempt >= transfers.attempts()) {
                    throw e;
                }
                transfers.say(e.getMessage() + "; copying the blob again (" + (attempt + 1) + " of "
                        + transfers.attempts() + ")");
            }
        }
    }

    private void copyOnce(Descriptor blob, ImageName there) throws RegistryException, InterruptedException {
        if (!isMounted(blob) && transfers.request(() -> to.registry.hasBlob(to.image, blob.digest()))) {
            return;
        }
        if (there.equals(to.image)) {
            stream(blob, Optional.empty());
            return;
        }
        Optional<URI> upload = transfers.request(() -> to.registry.mount(to.image, blob.digest(), there));
        if (upload.isPresent()) {
            stream(blob, upload);
        }
    }

    /** @param started an upload that has been started; nothing if one has to be */
    private void stream(Descriptor blob, Optional<URI> started) throws RegistryException, InterruptedException {
        if (blob.size() < 0) {
            throw new RegistryException("Cannot copy the blob " + blob.digest() + " of " + from.image
                    + ": its manifest does not say how large it is");
        }
        transfers.expect(blob.size());
        try {
            transfers.stream(() -> {
                Optional<URI> upload = started.isPresent() ? started : to.registry.startUpload(to.image, blob.digest());
                if (upload.isPresent()) {
                    stream(blob, upload.get());
                }
                return null;
            });
        } catch (InterruptedException e) {
            // Maybe before its turn came.
            started.ifPresent(this::giveUp);
            throw e;
        }
    }

    private void stream(Descriptor blob, URI upload) throws RegistryException, InterruptedException {
        boolean done = false;
        try {
            from.registry.pullBlob(
                    from.image,
                    blob,
                    content -> to.registry.upload(to.image, blob, upload, transfers.counting(content)));
            done = true;
        } finally {
            if (!done) {
                giveUp(upload);
            }
        }
    }

    private void giveUp(URI upload) {
        // An interrupted thread could send nothing; the flag is put back for whoever waits for it.
        boolean interrupted = Thread.interrupted();
        try {
            to.registry.cancelUpload(to.image, upload);
        } catch (RegistryException | InterruptedException e) {
            // Registries forget unfinished uploads by themselves; the failure that led here is the one to report.
            interrupted |= e instanceof InterruptedException;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
