package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.Set;

/** A proxy that records the requests and byte counts of a registry in another process. */
public final class ReverseProxy extends HttpTestServer {

    /** Hop-by-hop headers and headers that the HTTP client sets itself. */
    private static final Set<String> OF_CONNECTIONS =
            Set.of("host", "connection", "content-length", "transfer-encoding", "expect", "upgrade");

    private static final Set<String> READS = Set.of("GET", "HEAD");

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI server;
    private volatile Runnable watcher = () -> {};

    private ReverseProxy(URI server) {
        super(Options.DEFAULT);
        this.server = server;
    }

    public static ReverseProxy before(URI server) {
        ReverseProxy proxy = new ReverseProxy(server);
        proxy.listen();
        return proxy;
    }

    /** Calls {@code watcher} after each write, before the client gets the response. Calls are serialized. */
    public void afterEachWrite(Runnable watcher) {
        this.watcher = watcher;
    }

    private synchronized void notifyWatcher() {
        watcher.run();
    }

    @Override
    Response answer(Incoming request) throws IOException {
        Response answer = forward(request);
        if (!READS.contains(request.record().method())) {
            notifyWatcher();
        }
        return answer;
    }

    private Response forward(Incoming request) throws IOException {
        RecordedRequest record = request.record();
        HttpRequest.Builder forwarded = HttpRequest.newBuilder(
                        server.resolve(record.path() + (record.query().isEmpty() ? "" : "?" + record.query())))
                .method(record.method(), BodyPublishers.ofByteArray(request.bytes()))
                .header("X-Forwarded-Host", host());
        record.headers().forEach((name, values) -> {
            if (!OF_CONNECTIONS.contains(name)) {
                values.forEach(value -> forwarded.header(name, value));
            }
        });
        try {
            HttpResponse<byte[]> answered = client.send(forwarded.build(), BodyHandlers.ofByteArray());
            Response answer = Response.of(answered.statusCode()).body(Content.of(answered.body()));
            for (var header : answered.headers().map().entrySet()) {
                if (!OF_CONNECTIONS.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                    for (String value : header.getValue()) {
                        answer = answer.plus(header.getKey(), value);
                    }
                }
            }
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
