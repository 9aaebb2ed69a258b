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
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One registry as seen with one credential, for the length of an operation. Every method sends as few requests as its
 * answer takes, and fails with a {@link RegistryException} of one line. Safe for use by several threads.
 */
public final class RegistryClient {

    /** Twice what every registry has to take. */
    private static final int MAX_MANIFEST = 8 * 1024 * 1024;

    /** Refusals after which it is worth to see whether the manifest was stored all the same, by a lost attempt. */
    private static final Set<Integer> PERHAPS_STORED = Set.of(400, 403, 405, 409, 412, 422);

    private final RegistryTransport transport;
    private final Blobs blobs;
    private final HeadTrust head;

    private RegistryClient(RegistryTransport transport, Notices notices) {
        this.transport = transport;
        this.blobs = new Blobs(transport, notices);
        this.head = new HeadTrust(transport.isPublicDockerHub());
    }

    /**
     * Opens the registry that holds {@code image}.
     *
     * @param expected everything the operation will need, so that one token serves for all of it
     */
    public static RegistryClient open(
            ImageName image, RegistryAuthentication authentication, Set<Scope> expected, RegistryContext context)
            throws RegistryException, InterruptedException {
        return new RegistryClient(
                RegistryTransport.open(image.host(), authentication, expected, context), context.notices());
    }

    /** Reads a manifest; its bytes have the digest they are known by. One request. */
    public Manifest pull(ImageReference reference) throws RegistryException, InterruptedException {
        return pull(reference, "read the manifest of ");
    }

    private Manifest pull(ImageReference reference, String phrase) throws RegistryException, InterruptedException {
        Manifest manifest = transport.call(
                manifest(phrase, "GET", reference).header("Accept", MediaTypes.ACCEPT),
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
            manifest = Manifest.parse(bytes, MediaTypes.announced(answer), digest);
        } catch (IllegalArgumentException e) {
            throw answer.failure(e.getMessage());
        }
        if (manifest.mediaType().startsWith(MediaTypes.SCHEMA_1)) {
            throw answer.failure("the image is stored in Docker's first format (schema 1), which cannot be promoted by"
                    + " manifest; push it again with a current docker");
        }
        Optional<Digest> announced = announced(answer);
        if (announced.isPresent() && !announced.get().matches(bytes)) {
            throw answer.failure("the manifest does not have the digest " + announced.get() + " it is announced by");
        }
        if (reference.isPinned() && !digest.matches(bytes)) {
            throw answer.failure("the manifest does not have the digest it was asked for by");
        }
        return manifest;
    }

    /** The digest a registry announces; some leave it out. */
    private static Optional<Digest> announced(Answer answer) throws RegistryException {
        try {
            return answer.header("Docker-Content-Digest").map(Digest::parse);
        } catch (IllegalArgumentException e) {
            throw answer.failure("its header Docker-Content-Digest holds no digest");
        }
    }

    /** Reads a manifest if there is one. One request. */
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

    /** The digest that a tag or digest points to, nothing if there is no such manifest. See {@link #resolve}. */
    public Optional<Digest> digestOf(ImageReference reference) throws RegistryException, InterruptedException {
        return resolve(reference).map(Descriptor::digest);
    }

    /**
     * The manifest that a tag or digest points to, nothing if there is no such manifest. One request without content (HEAD), which
     * Docker Hub does not count as a pull; its size and, with some registries, its media type stay unknown.
     *
     * <p>A second request, with content, where the registry tells no digest or refuses the first. That there is nothing is
     * believed once this registry was seen to answer HEAD for what exists: gateways are known that answer 404 to every one.
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
        Optional<Manifest> manifest = pullIfPresent(reference, "look for ");
        if (denied && manifest.isPresent()) {
            head.lies();
        }
        return manifest.map(m -> new Descriptor(m.mediaType(), m.digest(), m.bytes().length, ""));
    }

    /**
     * Like {@link #digestOf}, for a tag that is probably new. As long as nothing is known that HEAD could be tried with, this
     * asks with content at once, which saves the second request.
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
     * Whether a manifest is there, where the answer only saves work: that there is none is believed at once. One request.
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
                manifest("look for ", method, reference)
                        .header("Accept", MediaTypes.ACCEPT)
                        .accepting(RegistryClient::saysSomethingOfHead),
                a -> a.status() == 200
                        ? new Head(200, announced(a), MediaTypes.announced(a))
                        : new Head(a.status(), Optional.empty(), ""));
        if (method.equals("HEAD")) {
            head.answered(answer.status());
        } else if (answer.status() == 200) {
            head.exists(reference);
        }
        return answer;
    }

    /** Whether an answer is about this way of asking, so that asking otherwise may help. */
    private static boolean saysSomethingOfHead(int status) {
        boolean passing = status == 408 || status == 425 || status == 429;
        return status == 200
                || status == 500
                || status == 501
                || (status >= 400 && status < 500 && status != 401 && !passing);
    }

    /** Whether the answers to HEAD can be believed here; found out by asking for something that exists. */
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

        /** One request, once, if nothing that exists was asked for so far. */
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
     * Stores {@code manifest} and makes sure that the registry has just these bytes. One request, with most registries.
     *
     * @return whether the registry said that it lists the manifest as a referrer of its subject; otherwise whoever pushes
     *     one that has a subject has to list it under a tag (OCI distribution specification, "Pushing manifests with
     *     subject")
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
            boolean perhaps = e.isTemporary() || PERHAPS_STORED.contains(e.status());
            if (perhaps && holds(target, manifest)) {
                return false;
            }
            throw e;
        }
        if (!stored.confirmed() && !holds(target, manifest)) {
            throw new RegistryException("Cannot store " + target + " on " + transport.origin()
                    + ": the registry took it, but has something else under this name now");
        }
        return stored.linked();
    }

    private record Stored(boolean confirmed, boolean linked) {}

    private static Stored stored(Answer answer, Manifest manifest) throws RegistryException {
        Optional<Digest> confirmed = announced(answer);
        if (confirmed.isPresent() && !confirmed.get().matches(manifest.bytes())) {
            throw answer.failure("the registry stored something else: it says " + confirmed.get() + ", the bytes have "
                    + manifest.digest());
        }
        return new Stored(confirmed.isPresent(), answer.header("OCI-Subject").isPresent());
    }

    private boolean holds(ImageReference target, Manifest manifest) throws RegistryException, InterruptedException {
        return digestOf(target).filter(d -> d.matches(manifest.bytes())).isPresent();
    }

    /** Removes a tag and nothing else; returns whether it was there. */
    public boolean deleteTag(ImageReference tagged) throws RegistryException, InterruptedException {
        if (tagged.isPinned()) {
            throw new IllegalArgumentException("deleting a digest takes every tag that points to it along");
        }
        return delete("delete the tag ", tagged, path(tagged));
    }

    /** Removes a tag and nothing else, in the way GitLab's registry once had; returns whether it was there. */
    boolean deleteTagReference(ImageReference tagged) throws RegistryException, InterruptedException {
        return delete("delete the tag ", tagged, tagPath(tagged));
    }

    /** Removes a manifest with every tag that points to it; returns whether it was there. */
    boolean deleteManifest(ImageReference pinned) throws RegistryException, InterruptedException {
        if (!pinned.isPinned()) {
            throw new IllegalArgumentException("a manifest is deleted by its digest");
        }
        return delete("delete the manifest ", pinned, path(pinned));
    }

    /** Registries that cannot do this answer 400 or 405, which is an error here. */
    private boolean delete(String phrase, ImageReference target, String path)
            throws RegistryException, InterruptedException {
        int status = transport.call(deletion(phrase, target, path).accepting(200, 202, 204, 404), Answer::status);
        // Registries answer 202. A gateway's page for an address that it does not know may come with 200.
        if (status == 200 && digestOf(target).isPresent()) {
            throw new RegistryException(
                    "Cannot " + phrase + target + " on " + origin() + ": it answered 200, but this is still there");
        }
        return status != 404;
    }

    /** Removes what is at {@code path}; that there is no such thing is an error with the registry's words for it. */
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

    /** Whether {@code image} is known to contain a blob. One request without content. */
    public boolean hasBlob(ImageName image, Digest digest) throws RegistryException, InterruptedException {
        return blobs.look(image, digest) == 200;
    }

    /** Whether {@code image} is known not to contain a blob. One request without content. */
    public boolean lacksBlob(ImageName image, Digest digest) throws RegistryException, InterruptedException {
        return blobs.look(image, digest) == 404;
    }

    /**
     * Reads a small blob whole, such as an image's configuration; again, if the connection breaks in the middle of it.
     *
     * @throws IllegalArgumentException if {@code blob} is too large to hold, or does not say how large it is
     */
    public byte[] readBlob(ImageName image, Descriptor blob) throws RegistryException, InterruptedException {
        return blobs.read(image, blob);
    }

    /** Where the bytes of a blob go; called once at most, since nobody can tell it to forget what it has seen. */
    @FunctionalInterface
    public interface Sink {
        /** @param content the bytes that the blob's descriptor says; reading them fails if they turn out to be others */
        void accept(InputStream content) throws IOException, InterruptedException;
    }

    /** Reads a blob and hands it on as it arrives. Most registries redirect to a storage service. */
    public void pullBlob(ImageName image, Descriptor blob, Sink sink) throws RegistryException, InterruptedException {
        blobs.pull(image, blob, sink);
    }

    /**
     * Makes a blob of {@code source} appear in {@code target} without moving a byte. One request, two where the registry
     * does not mount it, or not with this credential.
     *
     * @return where to upload it instead; nothing if it is there
     */
    public Optional<URI> mount(ImageName target, Digest digest, ImageName source)
            throws RegistryException, InterruptedException {
        return blobs.mount(target, digest, source);
    }

    /** Starts an upload; nothing if the registry finds that it has the blob. */
    public Optional<URI> startUpload(ImageName target, Digest digest) throws RegistryException, InterruptedException {
        return blobs.start(target, digest);
    }

    /**
     * Sends a blob to an upload that was started. The registry checks its digest.
     *
     * @throws RegistryException that is {@linkplain RegistryException#isTemporary temporary} if a second upload of the same
     *     blob may succeed, also because this client has learned that the registry takes large layers in pieces only
     */
    public void upload(ImageName target, Descriptor blob, URI location, InputStream content)
            throws RegistryException, InterruptedException {
        blobs.upload(target, blob, location, content);
    }

    /** Gives up an upload that was started. */
    public void cancelUpload(ImageName target, URI location) throws RegistryException, InterruptedException {
        blobs.cancel(target, location);
    }

    /** What refers to a manifest by its digest: two requests, more where the list is long. */
    public Referrers referrers(ImageReference subject) throws RegistryException, InterruptedException {
        return Referrers.read(subject, this, transport);
    }
}
