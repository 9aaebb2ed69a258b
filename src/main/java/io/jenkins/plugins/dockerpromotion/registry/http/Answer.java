package io.jenkins.plugins.dockerpromotion.registry.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A server's answer: status, headers, and a body that is read at most once and never beyond a limit. */
public final class Answer implements AutoCloseable {

    /**
     * What a caller makes of an answer whose status it accepts. May be called again with another answer if the connection
     * breaks meanwhile.
     *
     * @param <T> what the answer says
     */
    @FunctionalInterface
    public interface Reader<T> {
        /**
         * @throws RegistryException if the answer makes no sense
         * @throws IOException if the connection breaks
         */
        T read(Answer answer) throws IOException;
    }

    private static final String NO_JSON = "the answer is not the JSON it should be";

    /** How long to wait for the rest of an answer nobody wants; opening another connection takes about as long. */
    private static final Duration DRAIN_PATIENCE = Duration.ofMillis(300);

    /** Tokens and errors are small; more than this is not one. */
    static final int MAX_SMALL_BODY = 64 * 1024;

    private final HttpCall call;
    private final URI uri;
    private final int status;
    private final HttpHeaders headers;
    private final BodyStream body;
    private boolean handedOut;

    Answer(HttpCall call, URI uri, int status, HttpHeaders headers, BodyStream body) {
        this.call = call;
        this.uri = uri;
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    public int status() {
        return status;
    }

    /** The address that answered, behind redirects. */
    public URI uri() {
        return uri;
    }

    /** The first value of a header. */
    public Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    /** All values of a header. */
    public List<String> headers(String name) {
        return headers.allValues(name);
    }

    /** The length that was announced, if it was. */
    public Optional<Long> length() {
        return header("Content-Length").filter(l -> l.matches("\\d{1,18}")).map(Long::valueOf);
    }

    /**
     * The body as it arrives, for bodies too large to hold.
     *
     * @param limit in bytes; reading beyond it is an error
     */
    public InputStream stream(long limit) {
        handedOut = true;
        return new LimitedStream(body, limit, () -> tooLarge(limit));
    }

    /**
     * The whole body.
     *
     * @param limit in bytes; a longer body is an error
     */
    public byte[] bytes(int limit) throws IOException {
        byte[] bytes = body.readNBytes(limit + 1);
        if (bytes.length > limit) {
            throw tooLarge(limit);
        }
        return bytes;
    }

    private RegistryException tooLarge(long limit) {
        return failure("the answer is larger than the " + limit + " bytes it may have");
    }

    /** A small JSON body, such as a token or an error. */
    public JsonValue json() throws IOException {
        return json(MAX_SMALL_BODY);
    }

    /** A JSON body of at most {@code limit} bytes. */
    public JsonValue json(int limit) throws IOException {
        Optional<JsonValue> value = Json.parse(bytes(limit));
        return value.orElseThrow(() -> failure(NO_JSON));
    }

    /**
     * Hands on every text of the array {@code field} of a JSON object as it arrives; {@code limit} is in bytes.
     *
     * @return whether there is such a field, be it {@code null}
     */
    public boolean forEachText(String field, long limit, Consumer<String> texts) throws IOException {
        try {
            return Json.forEachText(new LimitedStream(body, limit, () -> tooLarge(limit)), field, texts);
        } catch (JsonProcessingException e) {
            throw failure(NO_JSON);
        }
    }

    /**
     * The address that a header of this answer gives, such as where to continue.
     *
     * @throws RegistryException if there is no such header, or its address is no http one or less protected than this one
     */
    public URI target(String header) throws RegistryException {
        String value = header(header).orElse("");
        if (value.isEmpty()) {
            throw failure("the answer lacks the header " + header);
        }
        return Redirects.target(this, uri, value);
    }

    /**
     * An address found in this answer that has to lie where this answer came from, such as a next page.
     *
     * @throws RegistryException if it lies elsewhere
     */
    public URI sameOrigin(String address) throws RegistryException {
        URI target = Redirects.target(this, uri, address);
        if (!Origin.of(target).equals(Origin.of(uri))) {
            throw failure("it continues on another host, " + Origin.of(target) + ", which was not asked");
        }
        return target;
    }

    /** An error for an answer that arrived but makes no sense, in the words of the call. */
    public RegistryException failure(String why) {
        return new RegistryException(
                call.failureText(why), new RegistryException.Reason(status, List.of(), false), null);
    }

    /** An error for a body that could not be read to its end, in the words of the call. */
    public RegistryException broken(IOException broken) {
        return Failures.of(call, broken);
    }

    /** Keeps the connection if little of the body is left, else closes it. */
    @Override
    public void close() {
        // A stream may have been given to another thread, which reads it still.
        if (!handedOut) {
            body.drain(MAX_SMALL_BODY, DRAIN_PATIENCE);
        }
        body.close();
    }
}
