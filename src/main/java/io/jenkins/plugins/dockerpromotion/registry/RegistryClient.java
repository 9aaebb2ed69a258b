package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Origin;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest.RequestBody;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A client for one registry with one credential, for one operation. Each method sends as few requests as possible, and
 * fails with a {@link RegistryException} in one line. Thread-safe.
 */
public final class RegistryClient {

    /** Twice the size that every registry must support. */
    private static final int MAX_MANIFEST = 8 * 1024 * 1024;

    /** Statuses after which the manifest may have been stored by an earlier attempt. */
    private static final Set<Integer> PERHAPS_STORED = Set.of(400, 403, 405, 409, 412, 422);

    private final RegistryTransport transport;
    private final Blobs blobs;
    private final HeadTrust head;
    private final Set<ImageName> withoutReferrers = ConcurrentHashMap.newKeySet();

    private RegistryClient(RegistryTransport transport, Notices notices) {
        this.transport = transport;
        this.blobs = new Blobs(transport, notices);
        this.head = new HeadTrust(transport.isPublicDockerHub());
    }

    /**
     * Opens the registry of {@code image}.
     *
     * @param expected the scopes that the operation will need, so that one token is enough
     */
    public static RegistryClient open(
            ImageName image, RegistryAuthentication authentication, Set<Scope> expected, RegistryContext context)
            throws RegistryException, InterruptedException {
        return new RegistryClient(
                RegistryTransport.open(image.host(), authentication, expected, context), context.notices());
    }

    /** Reads a manifest and verifies its digest. One request. */
    public Manifest pull(ImageReference reference) throws RegistryException, InterruptedException {
        return pull(reference, "read the manifest of ");
    }

    private Manifest pull(ImageReference reference, String phrase) throws RegistryException, InterruptedException {
        Manifest manifest = transport.call(
                manifest(phrase, "GET", reference).header("Accept", Manifest.ACCEPT),
                answer -> read(answer, reference));
        head.exists(reference);
        return manifest;
    }

    static String path(ImageReference reference) {
        return "/v2/" + reference.name().path() + "/manifests/" + reference.reference();
    }

    static String tagPath(ImageReference tagged) {
        return "/v2/" + tagged.name().path() + "/tags/reference/" + tagged.reference();
    }

    private static RegistryRequest manifest(String phrase, String method, ImageReference reference) {
        return RegistryRequest.of(
                phrase + reference,
                method,
                path(reference),
                Scope.pull(reference.name().path()));
    }

    private static Manifest read(Answer answer, ImageReference reference) throws IOException {
        byte[] bytes = answer.bytes(MAX_MANIFEST);
        Digest digest = reference.isPinned() ? Digest.parse(reference.reference()) : Digest.sha256(bytes);
        Manifest manifest;
        try {
            manifest = Manifest.parse(bytes, Manifest.announcedType(answer), digest);
        } catch (IllegalArgumentException e) {
            throw answer.failure(e.getMessage());
        }
        if (manifest.mediaType().startsWith(Manifest.SCHEMA_1)) {
            throw answer.failure("the image has Docker's old format (schema 1), which cannot be promoted; push it again"
                    + " with a current version of Docker");
        }
        Optional<Digest> announced = announced(answer);
        if (announced.isPresent() && !announced.get().matches(bytes)) {
            throw answer.failure("the manifest does not match the digest in the header, " + announced.get());
        }
        if (reference.isPinned() && !digest.matches(bytes)) {
            throw answer.failure("the manifest does not match the requested digest");
        }
        return manifest;
    }

    /** The digest in the header, which some registries omit. Without a usable one, the content is read. */
    private static Optional<Digest> announced(Answer answer) {
        try {
            return answer.header("Docker-Content-Digest")
                    .map(digest -> digest.replaceAll("[\"\\s]", ""))
                    .map(Digest::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Reads a manifest; empty if it does not exist. One request. */
    public Optional<Manifest> pullIfPresent(ImageReference reference) throws RegistryException, InterruptedException {
        return pullIfPresent(reference, "read the manifest of ");
    }

    private Optional<Manifest> pullIfPresent(ImageReference reference, String phrase)
            throws RegistryException, InterruptedException {
        try {
            return Optional.of(pull(reference, phrase));
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }

    /** The digest of a tag or digest; empty if there is no such manifest. See {@link #resolve}. */
    public Optional<Digest> digestOf(ImageReference reference) throws RegistryException, InterruptedException {
        return resolve(reference).map(Descriptor::digest);
    }

    /**
     * Looks up a manifest by tag or digest; empty if it does not exist. Sends one HEAD request, which Docker Hub does
     * not count as a pull. The size stays unknown, and on some registries also the media type.
     *
     * <p>Sends a second request, GET, if the registry returns no digest or refuses the first. A 404 is accepted only
     * after this registry has answered a HEAD request for an existing manifest, because some gateways answer 404 to
     * every HEAD request.
     */
    public Optional<Descriptor> resolve(ImageReference reference) throws RegistryException, InterruptedException {
        return resolve(reference, true);
    }

    private Optional<Descriptor> resolve(ImageReference reference, boolean absenceMatters)
            throws RegistryException, InterruptedException {
        boolean denied = false;
        if (head.isUseful()) {
            Head answer = ask("HEAD", reference);
            if (answer.isFound()) {
                return Optional.of(answer.descriptor());
            }
            denied = answer.status() == 404;
            if (denied && (!absenceMatters || head.isTrue(this))) {
                return Optional.empty();
            }
        }
        Optional<Manifest> manifest = pullIfPresent(reference, "look up ");
        if (denied && manifest.isPresent()) {
            head.lies();
        }
        return manifest.map(m -> new Descriptor(m.mediaType(), m.digest(), m.bytes().length, ""));
    }

    /**
     * Like {@link #digestOf}, for a tag that is probably new. Sends GET at once if it is unknown whether HEAD can be
     * trusted, which saves the second request.
     */
    public Optional<Digest> digestOfProbablyNew(ImageReference tag) throws RegistryException, InterruptedException {
        if (head.isUnknown()) {
            Head answer = ask("GET", tag);
            if (answer.isFound() || answer.status() == 404) {
                return answer.digest();
            }
        }
        return digestOf(tag);
    }

    /**
     * Whether a manifest seems to exist, for callers whom the answer only saves work. Accepts any 404. One request.
     */
    public boolean seemsToHave(ImageReference pinned) throws RegistryException, InterruptedException {
        return resolve(pinned, false).isPresent();
    }

    private record Head(int status, Optional<Digest> digest, String mediaType) {

        boolean isFound() {
            return status == 200 && digest.isPresent();
        }

        Descriptor descriptor() {
            return new Descriptor(mediaType, digest.orElseThrow(), -1, "");
        }
    }

    /** The head of the answer for a manifest. */
    private Head ask(String method, ImageReference reference) throws RegistryException, InterruptedException {
        Head answer = transport.call(
                manifest("look up ", method, reference)
                        .header("Accept", Manifest.ACCEPT)
                        .acceptingRefusals(),
                a -> a.status() == 200
                        ? new Head(200, announced(a), Manifest.announcedType(a))
                        : new Head(a.status(), Optional.empty(), ""));
        if (method.equals("HEAD")) {
            head.answered(answer.status());
        } else if (answer.status() == 200) {
            head.exists(reference);
        }
        return answer;
    }

    /** Whether answers to HEAD requests can be trusted. Finds out with a manifest that exists. */
    private static final class HeadTrust {

        private volatile Optional<ImageReference> existing = Optional.empty();
        private volatile boolean seen;
        private volatile boolean refused;

        HeadTrust(boolean trusted) {
            seen = trusted;
        }

        void exists(ImageReference reference) {
            if (existing.isEmpty()) {
                existing = Optional.of(reference);
            }
        }

        void answered(int status) {
            seen |= status == 200;
            refused |= status != 200 && status != 404 && !seen;
        }

        boolean isUseful() {
            return !refused;
        }

        boolean isUnknown() {
            return !seen && !refused && existing.isEmpty();
        }

        void lies() {
            refused = true;
        }

        /** Sends one request, once, if no existing manifest has been requested so far. */
        synchronized boolean isTrue(RegistryClient client) throws RegistryException, InterruptedException {
            if (!seen
                    && !refused
                    && existing.isPresent()
                    && client.ask("HEAD", existing.get()).status() != 200) {
                refused = true;
            }
            return seen && !refused;
        }
    }

    /**
     * Stores {@code manifest} and verifies that the registry has exactly these bytes. One request with most registries.
     *
     * @return whether the registry lists the manifest as a referrer of its subject; if not, the caller must add it to
     *     the fallback tag (OCI distribution specification, "Pushing manifests with subject")
     */
    public boolean push(ImageReference target, Manifest manifest) throws RegistryException, InterruptedException {
        RegistryRequest put = RegistryRequest.of(
                        "store " + target,
                        "PUT",
                        path(target),
                        Scope.pullAndPush(target.name().path()))
                .body(RequestBody.of(manifest.bytes(), manifest.mediaType()));
        Stored stored;
        try {
            stored = transport.call(put, answer -> stored(answer, manifest));
        } catch (RegistryException e) {
            boolean perhaps = e.isTemporary() || e.status() >= 500 || PERHAPS_STORED.contains(e.status());
            if (perhaps && holds(target, manifest)) {
                return false;
            }
            throw e;
        }
        if (!stored.confirmed() && !holds(target, manifest)) {
            throw new RegistryException("Cannot store " + target + " on " + transport.origin()
                    + ": the registry accepted it, but now has something else under this name");
        }
        return stored.linked();
    }

    private record Stored(boolean confirmed, boolean linked) {}

    private static Stored stored(Answer answer, Manifest manifest) throws RegistryException {
        Optional<Digest> confirmed = announced(answer);
        if (confirmed.isPresent() && !confirmed.get().matches(manifest.bytes())) {
            throw answer.failure(
                    "the registry stored something else: " + confirmed.get() + " instead of " + manifest.digest());
        }
        return new Stored(confirmed.isPresent(), answer.header("OCI-Subject").isPresent());
    }

    private boolean holds(ImageReference target, Manifest manifest) throws RegistryException, InterruptedException {
        return digestOf(target).filter(d -> d.matches(manifest.bytes())).isPresent();
    }

    /** Deletes only this tag; returns whether it existed. */
    public boolean deleteTag(ImageReference tagged) throws RegistryException, InterruptedException {
        if (tagged.isPinned()) {
            throw new IllegalArgumentException("deleting a digest also deletes all its tags");
        }
        return delete("delete the tag ", tagged, path(tagged));
    }

    /** Deletes only this tag, as in older versions of GitLab's registry; returns whether it existed. */
    boolean deleteTagReference(ImageReference tagged) throws RegistryException, InterruptedException {
        return delete("delete the tag ", tagged, tagPath(tagged));
    }

    /** Deletes a manifest with all its tags; returns whether it existed. */
    boolean deleteManifest(ImageReference pinned) throws RegistryException, InterruptedException {
        if (!pinned.isPinned()) {
            throw new IllegalArgumentException("a manifest is deleted by its digest");
        }
        return delete("delete the manifest ", pinned, path(pinned));
    }

    /** Registries that do not support this answer 400 or 405, which is an error here. */
    private boolean delete(String phrase, ImageReference target, String path)
            throws RegistryException, InterruptedException {
        int status = transport.call(deletion(phrase, target, path).accepting(200, 202, 204, 404), Answer::status);
        // Registries answer 202. For an unknown address, a gateway may return a page with 200.
        if (status == 200 && digestOf(target).isPresent()) {
            throw new RegistryException(
                    "Cannot " + phrase + target + " on " + origin() + ": it answered 200, but this still exists");
        }
        return status != 404;
    }

    /** Deletes what is at {@code path}. If it does not exist, this is an error with the registry's codes. */
    void deleteExisting(ImageReference target, String path) throws RegistryException, InterruptedException {
        transport.call(deletion("delete the tag ", target, path).accepting(200, 202, 204), answer -> null);
    }

    private static RegistryRequest deletion(String phrase, ImageReference target, String path) {
        return RegistryRequest.of(
                phrase + target, "DELETE", path, Scope.of(target.name().path(), "delete", "pull", "push"));
    }

    /** Scheme, host and port. */
    public Origin origin() {
        return transport.origin();
    }

    /**
     * Passes every tag to a consumer as it arrives, but skips tags that do not start with {@code beginning} if the
     * registry supports this and the rest is enough. One request per page.
     */
    <S extends Consumer<ListedTag>> S tags(
            ImageName image, Supplier<S> readings, String beginning, Predicate<S> suffices)
            throws RegistryException, InterruptedException {
        return new TagList(transport, image).read(readings, beginning, suffices);
    }

    /** Whether {@code image} is known to contain a blob. One request without content. */
    public boolean hasBlob(ImageName image, Digest digest) throws RegistryException, InterruptedException {
        return blobs.status(image, digest) == 200;
    }

    /** Whether {@code image} is known not to contain a blob. One request without content. */
    public boolean lacksBlob(ImageName image, Digest digest) throws RegistryException, InterruptedException {
        return blobs.status(image, digest) == 404;
    }

    /**
     * Reads a small blob into memory, such as the configuration of an image. Retries if the connection breaks.
     *
     * @throws IllegalArgumentException if {@code blob} is too large, or its size is unknown
     */
    public byte[] readBlob(ImageName image, Descriptor blob) throws RegistryException, InterruptedException {
        return blobs.read(image, blob);
    }

    /** Receives the content of a blob. Called at most once, because it cannot discard what it has already read. */
    @FunctionalInterface
    public interface Sink {
        /** @param content the content of the blob; reading fails if it does not match the descriptor */
        void accept(InputStream content) throws IOException, InterruptedException;
    }

    /** Streams a blob to {@code sink}. Most registries redirect to a storage service. */
    public void pullBlob(ImageName image, Descriptor blob, Sink sink) throws RegistryException, InterruptedException {
        blobs.pull(image, blob, sink);
    }

    /**
     * Mounts a blob of {@code source} in {@code target} without transferring it. One request, or two if the registry
     * does not mount it with this credential.
     *
     * @return where to upload it instead; empty if it was mounted
     */
    public Optional<URI> mount(ImageName target, Digest digest, ImageName source)
            throws RegistryException, InterruptedException {
        return blobs.mount(target, digest, source);
    }

    /** Starts an upload; empty if the registry already has the blob. */
    public Optional<URI> startUpload(ImageName target, Digest digest) throws RegistryException, InterruptedException {
        return blobs.start(target, digest);
    }

    /**
     * Uploads a blob to an upload that was started. The registry verifies its digest.
     *
     * @throws RegistryException {@linkplain RegistryException#isTemporary temporary} if another upload of the same blob
     *     may succeed, for example because the registry accepts large layers only in pieces
     */
    public void upload(ImageName target, Descriptor blob, URI location, InputStream content)
            throws RegistryException, InterruptedException {
        blobs.upload(target, blob, location, content);
    }

    /** Cancels an upload that was started. */
    public void cancelUpload(ImageName target, URI location) throws RegistryException, InterruptedException {
        blobs.cancel(target, location);
    }

    /**
     * The referrers of a manifest, by its digest. Two requests, or more for a long list; one where the registry is known to
     * have no referrers API.
     */
    public Referrers referrers(ImageReference subject) throws RegistryException, InterruptedException {
        return Referrers.read(subject, this, transport, withoutReferrers);
    }
}
