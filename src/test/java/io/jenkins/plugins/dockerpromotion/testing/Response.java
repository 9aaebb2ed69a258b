package io.jenkins.plugins.dockerpromotion.testing;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** A response of a test server, and how it is delivered. */
record Response(int status, Map<String, List<String>> headers, Content body, Delivery delivery) {

    /** How a response is sent; everything except {@code WHOLE} simulates a fault. */
    enum Delivery {
        WHOLE,
        CLOSE_BEFORE,
        CLOSE_MID_BODY,
        HANG_BEFORE,
        HANG_MID_BODY,
        DRIP,
        ENDLESS
    }

    static Response of(int status) {
        return new Response(status, Map.of(), Content.EMPTY, Delivery.WHOLE);
    }

    static Response json(int status, Object value) {
        return of(status).with("Content-Type", "application/json").body(Content.of(TestJson.bytes(value)));
    }

    /** An error in the format of the OCI distribution specification. */
    static Response error(int status, String code, String message) {
        return error(status, code, message, Map.of());
    }

    static Response error(int status, String code, String message, Object detail) {
        Map<String, Object> error = new TreeMap<>(Map.of("code", code, "message", message, "detail", detail));
        return json(status, Map.of("errors", List.of(error)));
    }

    /** Sets a header, replacing its previous values. */
    Response with(String name, String value) {
        Map<String, List<String>> changed = copyOfHeaders();
        changed.put(name, List.of(value));
        return new Response(status, changed, body, delivery);
    }

    /** Adds a value to a header. */
    Response plus(String name, String value) {
        Map<String, List<String>> changed = copyOfHeaders();
        List<String> values = new ArrayList<>(changed.getOrDefault(name, List.of()));
        values.add(value);
        changed.put(name, values);
        return new Response(status, changed, body, delivery);
    }

    Response without(String name) {
        Map<String, List<String>> changed = copyOfHeaders();
        changed.remove(name);
        return new Response(status, changed, body, delivery);
    }

    Response body(Content changed) {
        return new Response(status, headers, changed, delivery);
    }

    Response delivery(Delivery changed) {
        return new Response(status, headers, body, changed);
    }

    private Map<String, List<String>> copyOfHeaders() {
        Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        copy.putAll(headers);
        return copy;
    }

    /** Sends a response as its delivery specifies. */
    static final class Writer {

        private static final Duration DRIP_PAUSE = Duration.ofMillis(20);

        private final HttpExchange exchange;
        private final Incoming request;
        private final CountDownLatch closed;

        Writer(HttpExchange exchange, Incoming request, CountDownLatch closed) {
            this.exchange = exchange;
            this.request = request;
            this.closed = closed;
        }

        void write(Response answer) throws IOException {
            switch (answer.delivery()) {
                case CLOSE_BEFORE -> {
                    // Closing the exchange without sending headers closes the connection.
                }
                case HANG_BEFORE -> hang();
                case DRIP -> repeat(answer, 1, DRIP_PAUSE);
                case ENDLESS -> repeat(answer, 64 * 1024, Duration.ZERO);
                default -> {
                    request.drain();
                    writeHeaders(answer);
                    writeBody(answer);
                }
            }
        }

        /** Sends a body of unknown length, {@code size} bytes at a time, until the client disconnects. */
        private void repeat(Response answer, int size, Duration pause) throws IOException {
            request.drain();
            answer.headers()
                    .forEach((name, values) -> exchange.getResponseHeaders().put(name, values));
            request.record().answered(answer.status());
            exchange.sendResponseHeaders(answer.status(), request.is("HEAD") ? -1 : 0);
            byte[] some = new byte[size];
            Arrays.fill(some, (byte) ' ');
            while (!request.is("HEAD") && closed.getCount() > 0) {
                request.record().sending(size);
                exchange.getResponseBody().write(some);
                exchange.getResponseBody().flush();
                HttpTestServer.pause(pause);
            }
        }

        private void writeHeaders(Response answer) throws IOException {
            long length = answer.body().size();
            answer.headers()
                    .forEach((name, values) -> exchange.getResponseHeaders().put(name, values));
            request.record().answered(answer.status());
            boolean bodiless = request.is("HEAD") || length == 0;
            if (request.is("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
            }
            exchange.sendResponseHeaders(answer.status(), bodiless ? -1 : length);
        }

        private void writeBody(Response answer) throws IOException {
            if (request.is("HEAD") || answer.body().size() == 0) {
                return;
            }
            boolean whole = answer.delivery() == Delivery.WHOLE;
            long length = whole ? answer.body().size() : answer.body().size() / 2;
            OutputStream out = exchange.getResponseBody();
            try (InputStream in = answer.body().open()) {
                byte[] buffer = new byte[64 * 1024];
                for (long left = length; left > 0; ) {
                    int n = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
                    if (n == 0) {
                        throw new IOException("content is shorter than its size says");
                    }
                    request.record().sending(n);
                    out.write(buffer, 0, n);
                    left -= n;
                }
            }
            out.flush();
            if (answer.delivery() == Delivery.HANG_MID_BODY) {
                hang();
            }
        }

        private void hang() {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
