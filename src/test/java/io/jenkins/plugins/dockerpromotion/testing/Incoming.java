package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/** A request that the server is handling. The bytes read from its body are counted in the log. */
final class Incoming {

    private final HttpExchange exchange;
    private final RecordedRequest record;
    private InputStream body;

    Incoming(HttpExchange exchange, RequestLog log) {
        this.exchange = exchange;
        this.record = new RecordedRequest(exchange);
        log.begin(record);
    }

    RecordedRequest record() {
        return record;
    }

    String method() {
        return record.method();
    }

    boolean is(String method) {
        return record.method().equals(method);
    }

    /** True for GET and HEAD. {@link Response.Writer} omits the body for HEAD. */
    boolean reads() {
        return is("GET") || is("HEAD");
    }

    String path() {
        return exchange.getRequestURI().getPath();
    }

    List<String> parameters(String name) {
        return record.parameters(name);
    }

    Optional<String> parameter(String name) {
        return parameters(name).stream().findFirst();
    }

    /** A numeric query parameter, or the fallback if it is missing or not a number. */
    int number(String name, int fallback) {
        try {
            return parameter(name).map(Integer::parseInt).orElse(fallback);
        } catch (NumberFormatException e) {
            return fallback;
        }
    }

    Optional<String> header(String name) {
        return record.header(name);
    }

    /** The origin in the client's request, for absolute {@code Link} and {@code Location} headers. */
    String origin() {
        String scheme = exchange instanceof HttpsExchange ? "https" : "http";
        return scheme + "://" + header("Host").orElse("");
    }

    synchronized InputStream body() {
        if (body == null) {
            body = new Counted(exchange.getRequestBody());
        }
        return body;
    }

    byte[] bytes() throws IOException {
        return body().readAllBytes();
    }

    JsonNode json() throws IOException {
        return TestJson.parse(bytes());
    }

    /** Reads the rest of the body. Otherwise, the connection may be reset and the response lost. */
    void drain() throws IOException {
        body().transferTo(OutputStream.nullOutputStream());
    }

    private final class Counted extends FilterInputStream {

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            record.received(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = in.read(target, offset, length);
            record.received(Math.max(n, 0));
            return n;
        }
    }
}
