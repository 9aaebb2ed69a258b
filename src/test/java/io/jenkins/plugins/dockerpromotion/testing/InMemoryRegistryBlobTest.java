package io.jenkins.plugins.dockerpromotion.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InMemoryRegistryBlobTest {

    private static final Content BLOB = Content.of("some bytes");

    private InMemoryRegistry registry;
    private TestHttp http;

    @BeforeEach
    void start() {
        use(InMemoryRegistry.builder());
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void mountsFromAnotherRepository() throws IOException {
        String digest = pushedBlob();

        HttpResponse<byte[]> mounted = http.send("POST", "/v2/target/blobs/uploads/?mount=" + digest + "&from=source");

        assertThat(mounted.statusCode()).isEqualTo(201);
        assertThat(registry.hasBlob("target", digest)).isTrue();
    }

    @Test
    void opensASessionWhereItCannotMount() throws IOException {
        String digest = pushedBlob();
        String path = "/v2/target/blobs/uploads/?mount=" + digest + "&from=nothing";

        String location = TestHttp.header(http.send("POST", path), "Location");
        assertThat(registry.openUploads()).isEqualTo(1);
        assertThat(http.status("DELETE", location)).isEqualTo(204);
        assertThat(registry.openUploads()).isZero();

        use(InMemoryRegistry.builder().with(Quirk.NO_MOUNT));
        digest = pushedBlob();
        assertThat(http.status("POST", "/v2/target/blobs/uploads/?mount=" + digest + "&from=source"))
                .isEqualTo(202);
    }

    @Test
    void takesChunksInOrderOnly() throws IOException {
        String location = TestHttp.header(http.send("POST", "/v2/app/blobs/uploads/"), "Location");
        HttpResponse<byte[]> patched = http.with("Content-Range", "0-4").send("PATCH", location, "some ");
        String next = TestHttp.header(patched, "Location");

        assertThat(patched.statusCode()).isEqualTo(202);
        assertThat(TestHttp.header(http.get(next), "Range")).isEqualTo("0-4");
        assertThat(http.status("PUT", location + "&digest=" + BLOB.digest())).isEqualTo(404);
        assertThat(http.with("Content-Range", "3-7")
                        .send("PATCH", next, "bytes")
                        .statusCode())
                .isEqualTo(416);
        assertThat(http.send("PUT", next + "&digest=" + BLOB.digest(), "bytes").statusCode())
                .isEqualTo(201);
        assertThat(http.get("/v2/app/blobs/" + BLOB.digest()).body()).isEqualTo(BLOB.bytes());
    }

    @Test
    void takesAMonolithicUploadAndChecksItsDigest() throws IOException {
        String path = "/v2/app/blobs/uploads/?digest=" + BLOB.digest();

        assertThat(http.send("POST", path, "other bytes").statusCode()).isEqualTo(400);
        assertThat(http.send("POST", path, BLOB.bytes()).statusCode()).isEqualTo(201);
        assertThat(registry.requests().blobBytesUp()).isEqualTo(BLOB.size() + "other bytes".length());
    }

    @Test
    void opensASessionInsteadOfAMonolithicUpload() throws IOException {
        use(InMemoryRegistry.builder().with(Quirk.NO_MONOLITHIC_UPLOAD, Quirk.RELATIVE_UPLOAD_LOCATION));

        HttpResponse<byte[]> begun = http.send("POST", "/v2/app/blobs/uploads/?digest=" + BLOB.digest(), BLOB.bytes());

        assertThat(begun.statusCode()).isEqualTo(202);
        assertThat(TestHttp.header(begun, "Location")).startsWith("/v2/app/blobs/uploads/");
        assertThat(registry.hasBlob("app", BLOB.digest())).isFalse();
    }

    @Test
    void streamsLargeLayersBothWays() throws Exception {
        long size = 64L * 1024 * 1024 + 7;
        TestImage image = TestImage.docker(5).withLayers(size);
        registry.push("source", "1", image);
        Content layer = image.blobs().values().stream().skip(1).findFirst().orElseThrow();
        HttpClient client = HttpClient.newHttpClient();

        HttpResponse<InputStream> down = client.send(
                HttpRequest.newBuilder(registry.uri().resolve("/v2/source/blobs/" + layer.digest()))
                        .build(),
                BodyHandlers.ofInputStream());
        URI upload = registry.uri().resolve("/v2/target/blobs/uploads/?digest=" + layer.digest());
        HttpResponse<Void> up = client.send(
                HttpRequest.newBuilder(upload)
                        .POST(BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(down::body), size))
                        .build(),
                BodyHandlers.discarding());

        assertThat(up.statusCode()).isEqualTo(201);
        assertThat(registry.requests().blobBytesDown()).isEqualTo(size);
        assertThat(registry.requests().blobBytesUp()).isEqualTo(size);
        assertThat(http.status("HEAD", "/v2/target/blobs/" + layer.digest())).isEqualTo(200);
    }

    @Test
    void redirectsDownloadsToStorageThatRefusesCredentials() throws IOException {
        try (InMemoryBlobServer storage = InMemoryBlobServer.start()) {
            use(InMemoryRegistry.builder().redirectBlobsTo(storage));
            String digest = pushedBlob();

            HttpResponse<byte[]> redirect = http.get("/v2/source/blobs/" + digest);
            String location = TestHttp.header(redirect, "Location");

            assertThat(redirect.statusCode()).isEqualTo(307);
            assertThat(Content.digestOf(http.get(location).body())).isEqualTo(digest);
            assertThat(http.bearer("leaked").status("GET", location)).isEqualTo(400);
        }
    }

    private String pushedBlob() {
        TestImage image = TestImage.docker(1);
        registry.push("source", "1", image);
        return image.blobs().keySet().iterator().next();
    }

    private void use(InMemoryRegistryBuilder builder) {
        if (registry != null) {
            registry.close();
        }
        registry = builder.start();
        http = TestHttp.to(registry.uri());
    }
}
