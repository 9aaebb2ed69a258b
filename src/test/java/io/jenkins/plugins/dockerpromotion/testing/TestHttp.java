package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;

/** A minimal HTTP client that pushes test images to real registries. */
public final class TestHttp {

    private final HttpClient client;
    private final URI base;
    private final List<String> headers;

    private TestHttp(HttpClient client, URI base, List<String> headers) {
        this.client = client;
        this.base = base;
        this.headers = headers;
    }

    /** A currently unused port of the loopback interface, for a server in another process. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public static TestHttp to(URI base) {
        return new TestHttp(HttpClient.newHttpClient(), base, List.of());
    }

    public static TestHttp to(URI base, SSLContext trust) {
        return new TestHttp(HttpClient.newBuilder().sslContext(trust).build(), base, List.of());
    }

    /** Adds a header to each request. */
    public TestHttp with(String name, String value) {
        List<String> more = new ArrayList<>(headers);
        more.add(name);
        more.add(value);
        return new TestHttp(client, base, more);
    }

    public TestHttp basic(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return with("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
    }

    public TestHttp bearer(String token) {
        return with("Authorization", "Bearer " + token);
    }

    /** @param path a path on the server, or an absolute URL */
    public HttpResponse<byte[]> send(String method, String path, byte[] body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(20))
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        try {
            return client.send(request.build(), BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    public JsonNode json(String path) throws IOException {
        return TestJson.parse(send("GET", path, new byte[0]).body());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** Pushes an image with everything it refers to, like {@code docker push}; returns its digest. */
    public String push(String repository, String tag, TestImage image) throws IOException {
        for (TestImage child : image.children()) {
            push(repository, child.digest(), child);
        }
        for (Content blob : image.blobs().values()) {
            upload(repository, blob);
        }
        expect(
                201,
                with("Content-Type", image.mediaType())
                        .send("PUT", "/v2/" + repository + "/manifests/" + tag, image.bytes()));
        return image.digest();
    }

    private void upload(String repository, Content blob) throws IOException {
        HttpResponse<byte[]> begun = expect(202, send("POST", "/v2/" + repository + "/blobs/uploads/", new byte[0]));
        String location = header(begun, "Location");
        String digest = (location.contains("?") ? "&" : "?") + "digest=" + blob.digest();
        expect(201, with("Content-Type", "application/octet-stream").send("PUT", location + digest, blob.bytes()));
    }

    private static HttpResponse<byte[]> expect(int status, HttpResponse<byte[]> response) {
        if (response.statusCode() != status) {
            throw new AssertionError(response + ": " + new String(response.body(), StandardCharsets.UTF_8));
        }
        return response;
    }
}
