package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
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
import java.util.stream.Collectors;

/**
 * Copies everything a manifest refers to into another repository, so that the manifest can be stored there: by mounts
 * within one registry, streamed between two. Each blob and each manifest is copied once, however often it is listed. A
 * manifest is stored as soon as everything it lists has been copied. Nothing is written to disk.
 */
final class ImageCopier {

    /** Ten times as many as the largest images have. Nested indexes could otherwise name any number of manifests. */
    private static final int MAX_MANIFESTS = 1_000;

    /** An index within an index is rare, and deeper nesting does not occur. Each level has its own threads. */
    private static final int MAX_DEPTH = 8;

    /** How many parts of a nested manifest are copied in parallel. */
    private static final int NESTED = 4;

    private final Side from;
    private final Side to;
    private final ImageName mountFrom;
    private final Transfers transfers;
    private final Map<Digest, FutureTask<Void>> copies = new ConcurrentHashMap<>();
    private final AtomicInteger manifests = new AtomicInteger();
    private final Set<Digest> leftOut = ConcurrentHashMap.newKeySet();

    /** One repository, and the registry that holds it. */
    record Side(RegistryClient registry, ImageName image) {}

    /** @param mountFrom the repository of the target's registry that may have blobs already, or the target itself */
    ImageCopier(Side from, Side to, ImageName mountFrom, Transfers transfers) {
        this.from = from;
        this.to = to;
        this.mountFrom = mountFrom;
        this.transfers = transfers;
    }

    /** Copies what {@code root} refers to, not {@code root} itself. */
    void copy(Manifest root) throws RegistryException, InterruptedException {
        copyParts(root, 0);
    }

    private void copyParts(Manifest manifest, int depth) throws RegistryException, InterruptedException {
        require(depth < MAX_DEPTH, manifest, "its indexes are nested too deeply");
        Collection<Descriptor> children = distinct(manifest.children());
        require(
                manifests.addAndGet(children.size()) <= MAX_MANIFESTS,
                manifest,
                "it consists of more than " + MAX_MANIFESTS + " manifests");
        List<Callable<Void>> parts = new ArrayList<>();
        distinct(manifest.optionalBlobs()).forEach(blob -> parts.add(() -> once(blob, this::copyIfThere)));
        distinct(manifest.blobs()).forEach(blob -> parts.add(() -> once(blob, this::copyBlob)));
        children.forEach(child -> parts.add(() -> once(child, part -> copyChild(part.digest(), depth + 1))));
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

    /** How to copy one part of a manifest. */
    @FunctionalInterface
    private interface Copy {
        void run(Descriptor part) throws RegistryException, InterruptedException;
    }

    /**
     * Copies the content with this digest, or waits for the thread that does. Content cannot contain its own digest, so
     * no thread waits for itself.
     */
    private Void once(Descriptor part, Copy copy) throws RegistryException, InterruptedException {
        FutureTask<Void> mine = new FutureTask<>(() -> {
            copy.run(part);
            return null;
        });
        FutureTask<Void> first = copies.putIfAbsent(part.digest(), mine);
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
        // One check of the manifest saves a check of each of its blobs. Within a registry, blobs are mounted without a
        // check.
        boolean there = !isWithinRegistry()
                && transfers.request(() -> to.registry.seemsToHave(ImageReference.pinned(to.image, child)));
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

    /** The same failure, with a note about the layers that were not copied. */
    RegistryException explained(RegistryException failure) {
        if (leftOut.isEmpty()) {
            return failure;
        }
        String layers = leftOut.stream().map(Digest::abbreviated).sorted().collect(Collectors.joining(", "));
        return new RegistryException(
                failure.getMessage() + "; " + from.image + " does not contain the layers " + layers
                        + ". Their type makes them optional, but this registry may require them: push the image with"
                        + " all its layers (dockerd's \"allow-nondistributable-artifacts\")",
                new RegistryException.Reason(failure.status(), failure.codes(), failure.isTemporary()));
    }

    private boolean isWithinRegistry() {
        return from.image.host().equals(to.image.host());
    }

    /** Optional layers are copied if the source has them. */
    private void copyIfThere(Descriptor blob) throws RegistryException, InterruptedException {
        if (blob.data().isEmpty() && transfers.request(() -> from.registry.lacksBlob(from.image, blob.digest()))) {
            leftOut.add(blob.digest());
            return;
        }
        try {
            copyBlob(blob);
        } catch (NotFoundException e) {
            // The registry did not answer the check.
            leftOut.add(blob.digest());
        }
    }

    /**
     * Mounts work within a registry only. A blob embedded in its manifest may be missing from the source repository.
     */
    private boolean isMounted(Descriptor blob) {
        return isWithinRegistry() && blob.data().isEmpty();
    }

    /** Copies {@code blob}, and starts again if the connection breaks. */
    private void copyBlob(Descriptor blob) throws RegistryException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                copyOnce(blob, isMounted(blob) ? from.image : mountFrom);
                return;
            } catch (RegistryException e) {
                if (!e.isTemporary() || attempt >= transfers.attempts()) {
                    throw e;
                }
                transfers.pauseBefore(attempt + 1, e.getMessage() + "; copying the blob again");
            }
        }
    }

    /** @param there the repository of the target's registry that may have it, or the target itself */
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

    /** @param started an upload that was already started; empty to start one */
    private void stream(Descriptor blob, Optional<URI> started) throws RegistryException, InterruptedException {
        if (blob.size() < 0) {
            throw new RegistryException("Cannot copy the blob " + blob.digest() + " of " + from.image
                    + ": its manifest does not say how large it is");
        }
        transfers.expect(blob.size());
        try {
            transfers.copy(() -> {
                Optional<URI> upload = started.isPresent() ? started : to.registry.startUpload(to.image, blob.digest());
                if (upload.isPresent()) {
                    stream(blob, upload.get());
                }
                return null;
            });
        } catch (InterruptedException e) {
            // The abort may have come while this blob was waiting.
            started.ifPresent(this::giveUp);
            throw e;
        }
    }

    private void stream(Descriptor blob, URI upload) throws RegistryException, InterruptedException {
        boolean done = false;
        try {
            transfers.stream(sent -> from.registry.pullBlob(
                    from.image,
                    blob,
                    content -> to.registry.upload(to.image, blob, upload, transfers.counting(content, sent))));
            done = true;
        } finally {
            if (!done) {
                giveUp(upload);
            }
        }
    }

    private void giveUp(URI upload) {
        // An interrupted thread cannot send the request. The flag is restored afterwards for the caller.
        boolean interrupted = Thread.interrupted();
        try {
            to.registry.cancelUpload(to.image, upload);
        } catch (RegistryException | InterruptedException e) {
            // Registries discard unfinished uploads by themselves; report the original failure.
            interrupted |= e instanceof InterruptedException;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
