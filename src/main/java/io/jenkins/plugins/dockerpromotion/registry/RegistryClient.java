package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.Origin;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.registry.http.UnauthorizedException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One registry as seen with one credential, for the length of an operation. Every method sends as few requests as its
 * answer takes, and fails with a {@link RegistryException} of one line. Safe for use by several threads.
 */
public final class RegistryClient {

    private final RegistryTransport transport;

    private RegistryClient(RegistryTransport transport) {
        this.transport = transport;
    }

    /**
     * Opens the registry that holds {@code image}.
     *
     * @param expected everything the operation will need, so that one token serves for all of it
     */
    public static RegistryClient open(
            ImageName image, RegistryAuthentication authentication, Set<Scope> expected, RegistryContext context)
            throws RegistryException, InterruptedException {
        return new RegistryClient(RegistryTransport.open(image.host(), authentication, expected, context));
    }

    /** Reads a manifest; its bytes have the digest they are known by. One request. */
    public Manifest pull(ImageReference reference) throws RegistryException, InterruptedException {
        return transport.call(new ManifestPuller(reference));
    }

    /** Reads a manifest if there is one. One request. */
    public Optional<Manifest> pullIfPresent(ImageReference reference) throws RegistryException, InterruptedException {
        try {
            return Optional.of(pull(reference));
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }

    /**
     * The digest of what a tag or digest stands for, nothing if there is no such manifest. One request without content,
     * two with a registry that tells no digests.
     */
    public Optional<Digest> digestOf(ImageReference reference) throws RegistryException, InterruptedException {
        return look(reference).map(Descriptor::digest);
    }

    /**
     * What a tag or digest stands for, nothing if there is no such manifest. One request without content, two with a
     * registry that tells no digests. Its size and, with some registries, its media type stay unknown.
     */
    public Optional<Descriptor> look(ImageReference reference) throws RegistryException, InterruptedException {
        ManifestChecker.Found found = transport.call(new ManifestChecker(reference));
        if (!found.exists()) {
            return Optional.empty();
        }
        return found.digest().isPresent()
                ? found.digest().map(digest -> new Descriptor(found.mediaType(), digest, -1, ""))
                : pullIfPresent(reference).map(m -> new Descriptor(m.mediaType(), m.digest(), m.bytes().length, ""));
    }

    /**
     * Stores {@code manifest} and makes sure that the registry has just these bytes. One request, with most registries.
     *
     * @return whether the registry said that it lists the manifest as a referrer of its subject; otherwise whoever pushes
     *     one that has a subject has to list it under a tag (OCI distribution specification, "Pushing manifests with
     *     subject")
     */
    public boolean push(ImageReference target, Manifest manifest) throws RegistryException, InterruptedException {
        ManifestPusher.Stored stored = transport.call(new ManifestPusher(target, manifest));
        if (!stored.confirmed()
                && digestOf(target).filter(d -> d.matches(manifest.bytes())).isEmpty()) {
            throw new RegistryException("Cannot store " + target + " on " + transport.origin()
                    + ": the registry took it, but has something else under this name now");
        }
        return stored.linked();
    }

    /** Removes a tag and nothing else; returns whether it was there. */
    public boolean deleteTag(ImageReference tagged) throws RegistryException, InterruptedException {
        return transport.call(ManifestDeleter.ofTag(tagged));
    }

    /** Removes a tag and nothing else, in the way GitLab's registry once had; fails with status 404 elsewhere. */
    void deleteTagReference(ImageReference tagged) throws RegistryException, InterruptedException {
        transport.call(new TagReferenceDeleter(tagged));
    }

    /** Removes a manifest with every tag that points to it; returns whether it was there. */
    boolean deleteManifest(ImageReference pinned) throws RegistryException, InterruptedException {
        return transport.call(ManifestDeleter.ofDigest(pinned));
    }

    /** Scheme, host and port. */
    Origin origin() {
        return transport.origin();
    }

    /** Hands every tag to {@code tags} as it arrives. One request a page. */
    public void tags(ImageName image, Consumer<ListedTag> tags) throws RegistryException, InterruptedException {
        new TagList(transport, image).read(tags);
    }

    /** The same, skipping what does not begin with {@code beginning} where the registry lets it and the rest suffices. */
    <S extends Consumer<ListedTag>> S tags(
            ImageName image, Supplier<S> readings, String beginning, Predicate<S> suffices)
            throws RegistryException, InterruptedException {
        return new TagList(transport, image).read(readings, beginning, suffices);
    }

    /** Whether {@code image} holds a blob. */
    public boolean hasBlob(ImageName image, Digest digest) throws RegistryException, InterruptedException {
        return transport.call(new BlobChecker(image, digest));
    }

    /** Reads a small blob, of a size that is known. */
    public byte[] readBlob(ImageName image, Descriptor blob) throws RegistryException, InterruptedException {
        return transport.call(new BlobReader(image, blob));
    }

    /** Reads a blob and hands it on as it arrives. */
    public void pullBlob(ImageName image, Descriptor blob, BlobPuller.Sink sink)
            throws RegistryException, InterruptedException {
        transport.call(new BlobPuller(image, blob, sink));
    }

    /**
     * Makes a blob of {@code source} appear in {@code target} without moving a byte. One request, two where the credential
     * may not read {@code source} and the registry says so.
     *
     * @return where to upload it instead, if the registry does not mount it; nothing if it is there
     */
    public Optional<URI> mount(ImageName target, Digest digest, ImageName source)
            throws RegistryException, InterruptedException {
        try {
            return transport.call(BlobMounter.mount(target, digest, source));
        } catch (UnauthorizedException e) {
            // The specification wants an upload to be started instead, but not every registry does.
            return startUpload(target, digest);
        }
    }

    /** Starts an upload; nothing if the registry finds that it has the blob. */
    public Optional<URI> startUpload(ImageName target, Digest digest) throws RegistryException, InterruptedException {
        return transport.call(BlobMounter.upload(target, digest));
    }

    /** Sends a blob to an upload that was started. The registry checks its digest. */
    public void upload(ImageName target, Descriptor blob, URI location, InputStream content)
            throws RegistryException, InterruptedException {
        transport.call(new BlobUploader(target, blob, location, content));
    }

    /** Gives up an upload that was started. */
    public void cancelUpload(ImageName target, URI location) throws RegistryException, InterruptedException {
        transport.call(new UploadCanceller(target, location));
    }

    /** What refers to a manifest by its digest; nothing if the registry cannot tell. */
    public Optional<List<Descriptor>> referrers(ImageReference subject) throws RegistryException, InterruptedException {
        return new ReferrersLister(subject).list(transport);
    }
}
