package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.promotion.ImageCopier.Side;
import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.net.URI;
import java.util.Optional;

/** Brings one blob into another repository: by a mount where that is possible, else as a stream. */
final class BlobCopier {

    private final Side from;
    private final Side to;
    private final TransferLog log;
    private final int attempts;

    BlobCopier(Side from, Side to, TransferLog log, int attempts) {
        this.from = from;
        this.to = to;
        this.log = log;
        this.attempts = attempts;
    }

    private boolean isWithinRegistry() {
        return from.image().host().equals(to.image().host());
    }

    /** How many blobs to copy at once: a mount is a small request, a stream takes all the network there is. */
    int width() {
        return isWithinRegistry() ? Parallel.PER_HOST : Parallel.TRANSFERS;
    }

    /** Copies {@code blob}, again from the start if the connection breaks half-way. */
    void copy(Descriptor blob) throws RegistryException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                copyOnce(blob);
                return;
            } catch (RegistryException e) {
                if (!e.isTemporary() || attempt >= attempts) {
                    throw e;
                }
                log.notices()
                        .say(e.getMessage() + "; copying the blob again (" + (attempt + 1) + " of " + attempts + ")");
            }
        }
    }

    private void copyOnce(Descriptor blob) throws RegistryException, InterruptedException {
        Optional<URI> upload = isWithinRegistry()
                ? to.registry().mount(to.image(), blob.digest(), from.image())
                : startUnlessThere(blob);
        if (upload.isPresent()) {
            stream(blob, upload.get());
        }
    }

    private Optional<URI> startUnlessThere(Descriptor blob) throws RegistryException, InterruptedException {
        return to.registry().hasBlob(to.image(), blob.digest())
                ? Optional.empty()
                : to.registry().startUpload(to.image(), blob.digest());
    }

    private void stream(Descriptor blob, URI upload) throws RegistryException, InterruptedException {
        if (blob.size() < 0) {
            throw new RegistryException("Cannot copy the blob " + blob.digest() + " of " + from.image()
                    + ": its manifest does not say how large it is");
        }
        log.expect(blob.size());
        boolean done = false;
        try {
            from.registry()
                    .pullBlob(
                            from.image(),
                            blob,
                            content -> to.registry().upload(to.image(), blob, upload, log.counting(content)));
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
            to.registry().cancelUpload(to.image(), upload);
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
