package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest.RequestBody;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** The blobs of one registry: check, read, mount and upload (OCI distribution specification, "Blobs"). */
final class Blobs {

    private static final String BYTES = "application/octet-stream";

    /** Small enough for gateways that refuse a whole layer, and large enough to need few requests. */
    private static final int PIECE = 4 * 1024 * 1024;

    private static final int SMALLEST_PIECE = 256 * 1024;

    /** Temporary statuses, which say nothing about the request itself. */
    private static final Set<Integer> PASSING = Set.of(408, 425, 429);

    private final RegistryTransport transport;
    private final Notices notices;
    private final AtomicBoolean saidNoMount = new AtomicBoolean();
    private volatile boolean inPieces;

    /** The minimum chunk size of the registry, from its header {@code OCI-Chunk-Min-Length}. */
    private volatile int leastPiece = SMALLEST_PIECE;

    Blobs(RegistryTransport transport, Notices notices) {
        this.transport = transport;
        this.notices = notices;
    }

    /** @return 200 if it is there, 404 if it is not, or another status if the registry does not tell */
    int status(ImageName image, Digest digest) throws RegistryException, InterruptedException {
        RegistryRequest head = RegistryRequest.of(
                "check for the blob " + digest.abbreviated() + " of " + image,
                "HEAD",
                path(image, digest),
                Scope.pull(image.path()));
        // The check only saves an upload. If it is not answered, the upload shows whether the blob is there and whether
        // the credentials suffice. Some proxies forbid HEAD, and some storage services sign their addresses for GET.
        return transport.call(head.acceptingRefusals(), Answer::status);
    }

    byte[] read(ImageName image, Descriptor blob) throws RegistryException, InterruptedException {
        if (blob.size() < 0 || blob.size() > Integer.MAX_VALUE - 1) {
            throw new IllegalArgumentException("a blob of " + blob.size() + " bytes is too large to read at once");
        }
        if (blob.data().isPresent()) {
            return blob.data().get().clone();
        }
        return transport.call(get(image, blob), answer -> {
            byte[] bytes = answer.bytes((int) blob.size());
            if (bytes.length < blob.size()) {
                throw answer.failure("it ended " + (blob.size() - bytes.length) + " bytes early");
            }
            if (!blob.digest().matches(bytes)) {
                throw answer.failure("its content does not match its digest");
            }
            return bytes;
        });
    }

    void pull(ImageName image, Descriptor blob, RegistryClient.Sink sink)
            throws RegistryException, InterruptedException {
        if (blob.data().isPresent()) {
            try {
                sink.accept(new ByteArrayInputStream(blob.data().get()));
            } catch (RegistryException e) {
                throw e;
            } catch (IOException e) {
                throw new RegistryException(
                        "Cannot read the blob " + blob.digest().abbreviated() + " of " + image + ": " + e.getMessage());
            }
            return;
        }
        transport.call(get(image, blob), answer -> {
            if (answer.length().filter(length -> length != blob.size()).isPresent()) {
                throw answer.failure(
                        "it has " + answer.length().orElse(0L) + " bytes, but its manifest says " + blob.size());
            }
            try {
                sink.accept(new VerifiedStream(answer, blob));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
            return null;
        });
    }

    private static RegistryRequest get(ImageName image, Descriptor blob) {
        return RegistryRequest.of(
                        "read the blob " + blob.digest().abbreviated() + " of " + image,
                        "GET",
                        path(image, blob.digest()),
                        Scope.pull(image.path()))
                .accepting(200);
    }

    /** @return where to upload the blob instead; empty if it was mounted */
    Optional<URI> mount(ImageName target, Digest digest, ImageName source)
            throws RegistryException, InterruptedException {
        String query = "?mount=" + digest + "&from=" + URLEncoder.encode(source.path(), StandardCharsets.UTF_8);
        RegistryRequest post = post("mount the blob ", target, digest, query)
                .accepting(status -> status == 201 || status == 202 || isRefused(status));
        Mounting mounting = transport.call(post, answer -> switch (answer.status()) {
            case 201 -> Mounting.DONE;
            case 202 -> new Mounting(202, Optional.of(upload(answer)));
            default -> new Mounting(answer.status(), Optional.empty());
        });
        if (mounting.isTaken()) {
            return mounting.upload();
        }
        if (saidNoMount.compareAndSet(false, true)) {
            notices.say(transport.origin() + " does not mount layers from " + source + " in " + target
                    + " (it answered "
                    + mounting.status()
                    + (isAboutRights(mounting.status()) ? "; check that the credentials may read the source" : "")
                    + "), so this agent copies them");
        }
        return start(target, digest);
    }

    /** Some registries do not mount blobs, or not with these credentials; the specification requires 202. */
    private static boolean isRefused(int status) {
        return status / 100 != 3 && status != 503 && !PASSING.contains(status);
    }

    private static boolean isAboutRights(int status) {
        return status == 401 || status == 403;
    }

    private record Mounting(int status, Optional<URI> upload) {
        static final Mounting DONE = new Mounting(201, Optional.empty());

        boolean isTaken() {
            return status == 201 || status == 202;
        }
    }

    /** @return where to upload the blob; empty if the registry already has it */
    Optional<URI> start(ImageName target, Digest digest) throws RegistryException, InterruptedException {
        return transport.call(
                post("start the upload of the blob ", target, digest, "").accepting(201, 202),
                answer -> answer.status() == 201 ? Optional.empty() : Optional.of(upload(answer)));
    }

    private URI upload(Answer answer) throws RegistryException {
        answer.header("OCI-Chunk-Min-Length")
                .filter(length -> length.matches("\\d{1,8}"))
                .ifPresent(length -> leastPiece = Math.max(SMALLEST_PIECE, Integer.parseInt(length)));
        return answer.target("Location");
    }

    private static RegistryRequest post(String what, ImageName target, Digest digest, String query) {
        return RegistryRequest.of(
                what + digest.abbreviated() + " to " + target,
                "POST",
                "/v2/" + target.path() + "/blobs/uploads/" + query,
                Scope.pullAndPush(target.path()));
    }

    /** The registry checks the bytes against the digest. */
    void upload(ImageName target, Descriptor blob, URI location, InputStream content)
            throws RegistryException, InterruptedException {
        boolean pieces = inPieces;
        try {
            if (pieces) {
                new PieceByPiece(target, blob, location).send(content);
                return;
            }
            RequestBody whole = new RequestBody(() -> content, blob.size(), BYTES, false);
            transport.call(
                    uploading(target, blob, "PUT", finish(location, blob)).body(whole), answer -> null);
        } catch (RegistryException e) {
            if (isLost(e)) {
                throw new RegistryException(e.getMessage(), new RegistryException.Reason(e.status(), e.codes(), true));
            }
            if (pieces || (e.status() != 413 && e.status() / 100 != 3)) {
                throw e;
            }
            // The content has been consumed. The caller must send it again, and this time it is sent in pieces.
            inPieces = true;
            throw new RegistryException(
                    e.getMessage() + "; large layers are now sent in pieces",
                    new RegistryException.Reason(e.status(), e.codes(), true));
        }
    }

    /**
     * Whether the registry no longer knows the upload, or no longer accepts the token that started it. A new one may
     * succeed.
     */
    private static boolean isLost(RegistryException e) {
        return e.status() == 401
                || e.status() == 416
                || (e.status() == 404 && !e.codes().contains("NAME_UNKNOWN"))
                || e.codes().contains("BLOB_UPLOAD_UNKNOWN")
                || e.codes().contains("BLOB_UPLOAD_INVALID");
    }

    private static RegistryRequest uploading(ImageName target, Descriptor blob, String method, URI location) {
        return RegistryRequest.of("upload the blob " + blob.digest().abbreviated() + " to " + target, method, location)
                .needing(Scope.pullAndPush(target.path()));
    }

    private static URI finish(URI location, Descriptor blob) {
        String separator = location.getRawQuery() == null ? "?" : "&";
        return URI.create(location + separator + "digest=" + blob.digest());
    }

    /** One upload in pieces (OCI distribution specification, "Pushing a blob in chunks"). Each piece can be retried. */
    private final class PieceByPiece {
        private final ImageName target;
        private final Descriptor blob;
        private URI location;
        private long sent;
        private int size = Math.max(PIECE, leastPiece);

        PieceByPiece(ImageName target, Descriptor blob, URI location) {
            this.target = target;
            this.blob = blob;
            this.location = location;
        }

        void send(InputStream content) throws RegistryException, InterruptedException {
            byte[] piece = read(content);
            while (piece.length > 0) {
                sendPiece(piece, 0, piece.length);
                piece = read(content);
            }
            transport.call(uploading(target, blob, "PUT", finish(location, blob)), answer -> null);
        }

        private byte[] read(InputStream content) throws RegistryException, InterruptedException {
            try {
                return content.readNBytes(size);
            } catch (RegistryException e) {
                throw e;
            } catch (InterruptedIOException e) {
                Thread.interrupted();
                throw new InterruptedException();
            } catch (IOException e) {
                throw new RegistryException(
                        "Cannot upload the blob " + blob.digest().abbreviated() + " to " + target
                                + ": reading its source failed (" + e.getMessage() + ")");
            }
        }

        /** Gateways do not report their limit, so the size is halved until a piece is accepted. */
        private void sendPiece(byte[] bytes, int from, int to) throws RegistryException, InterruptedException {
            for (int at = from; at < to; ) {
                int count = Math.min(size, to - at);
                try {
                    patch(Arrays.copyOfRange(bytes, at, at + count));
                    at += count;
                } catch (RegistryException e) {
                    if (e.status() != 413 || size / 2 < leastPiece) {
                        throw e;
                    }
                    size /= 2;
                }
            }
        }

        private void patch(byte[] piece) throws RegistryException, InterruptedException {
            RegistryRequest patch = uploading(target, blob, "PATCH", location)
                    .header("Content-Range", sent + "-" + (sent + piece.length - 1))
                    .body(RequestBody.of(piece, BYTES))
                    .accepting(201, 202, 204);
            location = transport.call(patch, answer -> answer.target("Location"));
            sent += piece.length;
        }
    }

    /** Accepts any answer, because registries that cannot cancel an upload discard it later. */
    void cancel(ImageName target, URI location) throws RegistryException, InterruptedException {
        RegistryRequest delete = RegistryRequest.of("cancel an upload to " + target, "DELETE", location)
                .needing(Scope.pullAndPush(target.path()));
        transport.call(delete.accepting(status -> true), Answer::status);
    }

    private static String path(ImageName image, Digest digest) {
        return "/v2/" + image.path() + "/blobs/" + digest;
    }

    /**
     * The content of a blob, verified while it is read: reading fails at the end if it does not match the descriptor.
     */
    static final class VerifiedStream extends FilterInputStream {

        private final Descriptor expected;
        private final Answer answer;
        private final MessageDigest hasher;
        private long left;

        VerifiedStream(Answer answer, Descriptor expected) {
            super(answer.stream(expected.size()));
            this.expected = expected;
            this.answer = answer;
            this.hasher = expected.digest().hasher();
            this.left = expected.size();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = readOn(target, offset, length);
            if (count < 0) {
                if (left > 0) {
                    throw answer.failure("it ended " + left + " bytes early");
                }
                return count;
            }
            hasher.update(target, offset, count);
            boolean atEnd = count > 0 && left == count;
            left -= count;
            // Verified with the last byte, because many readers know the length and do not read on.
            if (atEnd
                    && !HexFormat.of()
                            .formatHex(hasher.digest())
                            .equals(expected.digest().hex())) {
                throw answer.failure("its content does not match its digest");
            }
            return count;
        }

        /** The reader may be writing to another registry; a failure here must be reported for this one. */
        private int readOn(byte[] target, int offset, int length) throws IOException {
            try {
                return super.read(target, offset, length);
            } catch (RegistryException | InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                throw answer.broken(e);
            }
        }

        @Override
        public long skip(long count) throws IOException {
            return readNBytes((int) Math.min(count, 8192)).length;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
