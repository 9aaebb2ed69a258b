package io.jenkins.plugins.dockerpromotion.registry.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.NameValuePair;

/** A server's response: its status, headers and body. The body can be read once, up to a limit. */
public final class Answer implements AutoCloseable {

    /**
     * Reads an answer with an accepted status. It may be called again with another answer if the connection breaks.
     *
     * @param <T> the result
     */
    @FunctionalInterface
    public interface Reader<T> {
        /**
         * @throws RegistryException if the answer is invalid
         * @throws IOException if the connection breaks
         */
        T read(Answer answer) throws IOException;
    }

    /** In bytes per second. A slower transfer is stopped: it is only kept alive by a byte now and then. */
    static final int SLOWEST = 512;

    private static final String NO_JSON = "the answer is not the expected JSON";

    /** How long to wait for the rest of an answer that is not needed. A new connection takes about as long. */
    private static final Duration DRAIN_PATIENCE = Duration.ofMillis(300);

    /** The maximum size of tokens and errors. */
    private static final int MAX_SMALL_BODY = 64 * 1024;

    private static final int MAX_QUOTE = 200;

    private static final Pattern NOT_IN_AN_ADDRESS =
            Pattern.compile("[^A-Za-z0-9%!$&'()*+,;=:@/?#\\[\\]._~-]+|%(?![0-9A-Fa-f]{2})");

    private final RegistryRequest request;
    private final Authorizer authorizer;
    private final URI uri;
    private final ClassicHttpResponse response;
    private final Runnable abort;
    private final Duration silence;
    private final Body body;
    private boolean handedOut;

    /**
     * @param uri the address that answered, after redirects
     * @param abort closes the connection immediately, from any thread
     * @param silence the maximum time to wait for the next bytes of the body
     */
    Answer(
            RegistryRequest request,
            Authorizer authorizer,
            URI uri,
            ClassicHttpResponse response,
            Runnable abort,
            Duration silence)
            throws IOException {
        this.request = request;
        this.authorizer = authorizer;
        this.uri = uri;
        this.response = response;
        this.abort = abort;
        this.silence = silence;
        this.body = new Body(
                response.getEntity() == null
                        ? InputStream.nullInputStream()
                        : response.getEntity().getContent());
    }

    RegistryRequest request() {
        return request;
    }

    Authorizer authorizer() {
        return authorizer;
    }

    public int status() {
        return response.getCode();
    }

    /** The address that answered, after redirects. */
    public URI uri() {
        return uri;
    }

    /** The first value of a header. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(response.getFirstHeader(name)).map(NameValuePair::getValue);
    }

    /** All values of a header. */
    public List<String> headers(String name) {
        return Arrays.stream(response.getHeaders(name)).map(Header::getValue).toList();
    }

    /** The length in the header, if there is one. */
    public Optional<Long> length() {
        return header("Content-Length").filter(l -> l.matches("\\d{1,18}")).map(Long::valueOf);
    }

    /**
     * The body as a stream, for bodies that are too large for memory.
     *
     * @param limit in bytes; reading more is an error
     */
    public InputStream stream(long limit) {
        handedOut = true;
        return limited(limit);
    }

    private InputStream limited(long limit) {
        body.limit = limit;
        return body;
    }

    /**
     * The whole body.
     *
     * @param limit in bytes; a longer body is an error
     */
    public byte[] bytes(int limit) throws IOException {
        return limited(limit).readAllBytes();
    }

    /** A small JSON body, such as a token or an error. */
    public Json json() throws IOException {
        return json(MAX_SMALL_BODY);
    }

    /** A JSON body of at most {@code limit} bytes. */
    public Json json(int limit) throws IOException {
        return Json.parse(bytes(limit)).orElseThrow(() -> failure(NO_JSON));
    }

    /**
     * Passes each string in the array {@code field} of a JSON object to {@code texts} as it arrives.
     *
     * @param limit in bytes
     * @return whether the object has this field, even if it is {@code null}
     */
    public boolean forEachText(String field, long limit, Consumer<String> texts) throws IOException {
        try {
            return Json.forEachText(limited(limit), field, texts);
        } catch (JsonProcessingException e) {
            throw failure(NO_JSON);
        }
    }

    /**
     * The address in a header of this answer, such as the next location.
     *
     * @throws RegistryException if the header is missing, or if its address is not an http or https address or is less
     *     protected than this one
     */
    public URI target(String header) throws RegistryException {
        // The fragment is not sent.
        String value = escaped(header(header).orElse("").strip()).replaceFirst("#.*", "");
        if (value.isEmpty()) {
            throw failure("the answer has no header " + header);
        }
        URI target;
        Origin origin;
        try {
            // Java resolves an address that is only a query by an older specification, which drops the end of the path.
            target = value.startsWith("?")
                    ? URI.create(uri.toString().replaceFirst("[?#].*", "") + value)
                    : uri.resolve(value);
            origin = Origin.of(target);
        } catch (IllegalArgumentException e) {
            throw failure("it points to something that is not an http or https address");
        }
        if (!origin.isAsSafeAs(Origin.of(uri))) {
            throw failure("it points to " + origin + ", which is not encrypted; nothing was sent there");
        }
        return target;
    }

    /** An address as a server sent it, without characters that no address may have (RFC 3986): some do not encode them. */
    public static String escaped(String address) {
        return NOT_IN_AN_ADDRESS
                .matcher(address)
                .replaceAll(found ->
                        URLEncoder.encode(found.group(), StandardCharsets.UTF_8).replace("+", "%20"));
    }

    /** An error about an invalid answer, worded for the request. */
    public RegistryException failure(String why) {
        return new RegistryException(
                request.failureText(why), new RegistryException.Reason(status(), List.of(), false));
    }

    /** An error about a body that broke off, worded for the request. */
    public RegistryException broken(IOException broken) {
        return RegistryException.of(request, authorizer, broken);
    }

    /** Prepares untrusted text for one line of the log: shortens it, and removes the secrets of the call. */
    String fitForLog(String text) {
        return fitForLog(text, authorizer);
    }

    static String fitForLog(String text, Authorizer authorizer) {
        String safe = text;
        for (String secret : authorizer.secrets()) {
            safe = safe.replace(secret, "****");
        }
        return LogText.oneLine(safe, MAX_QUOTE);
    }

    /** Reuses the connection if little of the body is left; otherwise closes it. */
    @Override
    public void close() {
        // Another thread may still be reading the stream.
        if (!handedOut && !Thread.currentThread().isInterrupted()) {
            body.drain();
        }
        if (!body.ended) {
            abort.run();
        }
        body.closed = true;
        try {
            response.close();
        } catch (IOException e) {
            // The connection cannot be reused.
        }
    }

    /**
     * The body as a stream. It detects servers that are silent or send almost nothing, and explains what went wrong.
     */
    private final class Body extends FilterInputStream {

        private volatile boolean ended;
        private volatile boolean closed;
        private long waited;
        private long arrived;
        private long read;
        private long limit = MAX_SMALL_BODY;

        Body(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while reading the answer");
            }
            if (closed) {
                throw new IOException("the answer was closed");
            }
            long begin = System.nanoTime();
            int count;
            try {
                count = in.read(target, offset, length);
            } catch (SocketTimeoutException e) {
                throw new SocketTimeoutException(
                        "no data for " + silence.toSeconds() + " s in the middle of the answer");
            } catch (IOException | IllegalStateException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while reading the answer");
                }
                throw closed
                        ? new IOException("the answer was closed")
                        : new IOException("the connection broke in the middle of the answer: " + e.getMessage());
            }
            ended |= count < 0;
            requireProgress(Math.max(0, count), System.nanoTime() - begin);
            read += Math.max(0, count);
            if (read > limit) {
                throw failure("the answer is larger than the limit of " + limit + " bytes");
            }
            return count;
        }

        /** Counts only the time spent waiting: a slow reader does not make the server slow. */
        private void requireProgress(int count, long nanos) throws IOException {
            waited += nanos;
            arrived += count;
            if (waited >= silence.toNanos()) {
                if (!ended && arrived < TimeUnit.NANOSECONDS.toMillis(waited) * SLOWEST / 1000) {
                    throw new SocketTimeoutException(
                            "the answer arrives at less than " + SLOWEST + " bytes per second");
                }
                waited = 0;
                arrived = 0;
            }
        }

        /** A connection can be reused only after its answer was read to the end. */
        private void drain() {
            if (ended) {
                return;
            }
            CompletableFuture<Void> done = new CompletableFuture<>();
            done.copy()
                    .completeOnTimeout(null, DRAIN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .thenRun(() -> {
                        if (!done.isDone()) {
                            abort.run();
                        }
                    });
            byte[] buffer = new byte[8 * 1024];
            int left = MAX_SMALL_BODY;
            try {
                while (!ended && left > 0) {
                    left -= Math.max(0, read(buffer, 0, buffer.length));
                }
            } catch (IOException e) {
                // The connection cannot be reused.
            } finally {
                done.complete(null);
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

        @Override
        public void close() {
            // The answer closes the connection.
        }
    }
}
