package io.jenkins.plugins.dockerpromotion.testing;

import com.sun.net.httpserver.HttpExchange;
import io.jenkins.plugins.dockerpromotion.testing.Answer.Delivery;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/** Sends an answer, or as much of it as its delivery lets through. */
final class AnswerWriter {

    private static final Duration DRIP_PAUSE = Duration.ofMillis(20);

    private final HttpExchange exchange;
    private final Incoming request;
    private final CountDownLatch closed;

    AnswerWriter(HttpExchange exchange, Incoming request, CountDownLatch closed) {
        this.exchange = exchange;
        this.request = request;
        this.closed = closed;
    }

    void write(Answer answer) throws IOException {
        switch (answer.delivery()) {
            case CLOSE_BEFORE -> {
                // Leaving without headers makes the exchange close its connection.
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

    /** Begins an answer of unknown length and goes on with it, {@code size} bytes at a time, until the client leaves. */
    private void repeat(Answer answer, int size, Duration pause) throws IOException {
        request.drain();
        answer.headers().forEach((name, values) -> exchange.getResponseHeaders().put(name, values));
        request.entry().status(answer.status());
        exchange.sendResponseHeaders(answer.status(), request.is("HEAD") ? -1 : 0);
        byte[] some = new byte[size];
        Arrays.fill(some, (byte) ' ');
        while (!request.is("HEAD") && closed.getCount() > 0) {
            request.entry().sending(size);
            exchange.getResponseBody().write(some);
            exchange.getResponseBody().flush();
            Pause.of(pause);
        }
    }

    private void writeHeaders(Answer answer) throws IOException {
        long length = answer.body().size();
        answer.headers().forEach((name, values) -> exchange.getResponseHeaders().put(name, values));
        request.entry().status(answer.status());
        boolean bodiless = request.is("HEAD") || length == 0;
        if (request.is("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
        }
        exchange.sendResponseHeaders(answer.status(), bodiless ? -1 : length);
    }

    private void writeBody(Answer answer) throws IOException {
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
                request.entry().sending(n);
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
