package io.jenkins.plugins.dockerpromotion.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpTestServerTest {

    private static final String MANIFEST = "/v2/app/manifests/1";
    private static final Predicate<RecordedRequest> MANIFEST_GET = RecordedRequest.matching("GET", MANIFEST);
    private static final TestImage IMAGE = TestImage.docker(1);

    private InMemoryRegistry registry;
    private TestHttp http;

    @BeforeEach
    void start() {
        registry = InMemoryRegistry.start();
        registry.push("app", "1", IMAGE);
        http = TestHttp.to(registry.uri());
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void answersWithAStatusAFewTimes() throws IOException {
        registry.onRequest(
                MANIFEST_GET,
                Fault.status(429).header("Retry-After", "1").body("slow down").times(2));

        HttpResponse<byte[]> first = http.get(MANIFEST);
        assertThat(first.statusCode()).isEqualTo(429);
        assertThat(TestHttp.header(first, "Retry-After")).isEqualTo("1");
        assertThat(first.body()).asString().isEqualTo("slow down");
        assertThat(http.status("HEAD", MANIFEST)).isEqualTo(200);
        assertThat(http.status("GET", MANIFEST)).isEqualTo(429);
        assertThat(http.status("GET", MANIFEST)).isEqualTo(200);
    }

    @Test
    void closesConnections() throws IOException {
        for (Fault fault : List.of(Fault.closeConnection(), Fault.closeMidBody(), Fault.loseAnswer())) {
            // Always: a client may by itself repeat a GET whose connection died.
            registry.onRequest(MANIFEST_GET, fault.always());
            assertThatThrownBy(() -> http.get(MANIFEST)).isInstanceOf(IOException.class);
            registry.clearFaults();
        }
        assertThat(http.status("GET", MANIFEST)).isEqualTo(200);
    }

    @Test
    void hasOrHasNotTheEffectOfARequestWhoseAnswerIsMissing() {
        Predicate<RecordedRequest> deletion = RecordedRequest.matching("DELETE", MANIFEST);

        registry.onRequest(deletion, Fault.closeConnection());
        assertThatThrownBy(() -> http.send("DELETE", MANIFEST)).isInstanceOf(IOException.class);
        assertThat(registry.tags("app")).containsExactly("1");

        registry.onRequest(deletion, Fault.loseAnswer());
        assertThatThrownBy(() -> http.send("DELETE", MANIFEST)).isInstanceOf(IOException.class);
        assertThat(registry.tags("app")).isEmpty();
    }

    @Test
    void tampersWithAnswers() throws IOException {
        registry.onRequest(MANIFEST_GET, Fault.truncateBody(10));
        registry.onRequest(MANIFEST_GET, Fault.replaceBody("{}"));
        registry.onRequest(MANIFEST_GET, Fault.removeHeader("docker-content-digest"));
        registry.onRequest(MANIFEST_GET, Fault.replaceHeader("Content-Type", "text/html"));

        assertThat(http.get(MANIFEST).body()).hasSize(10);
        assertThat(http.get(MANIFEST).body()).asString().isEqualTo("{}");
        assertThat(TestHttp.header(http.get(MANIFEST), "Docker-Content-Digest")).isEmpty();
        assertThat(TestHttp.header(http.get(MANIFEST), "Content-Type")).isEqualTo("text/html");
        assertThat(http.get(MANIFEST).body()).isEqualTo(IMAGE.bytes());
    }

    @Test
    void hangsUntilClosed() throws Exception {
        registry.onRequest(MANIFEST_GET, Fault.hang());
        CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return http.status("GET", MANIFEST);
            } catch (IOException e) {
                return -1;
            }
        });
        while (registry.requests().count() == 0) {
            Thread.onSpinWait();
        }

        assertThat(waiting).isNotDone();
        registry.close();
        assertThat(waiting.get(5, TimeUnit.SECONDS)).isEqualTo(-1);
    }

    @Test
    void worksOnRequestsConcurrently() {
        registry.delayEveryRequest(Duration.ofMillis(100));

        List<CompletableFuture<Void>> all = Stream.generate(() -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                http.get(MANIFEST);
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        runnable -> new Thread(runnable).start()))
                .limit(8)
                .toList();
        all.forEach(CompletableFuture::join);

        assertThat(registry.requests().peakConcurrency()).isGreaterThan(1);
    }

    @Test
    void recordsWhatWasSent() throws IOException {
        http.with("X-Test", "yes").bearer("token").send("POST", "/v2/app/blobs/uploads/?a=1%2C2&a=3", "body");

        RecordedRequest request = registry.requests().last();
        assertThat(request.line()).isEqualTo("POST /v2/app/blobs/uploads/?a=1%2C2&a=3 202");
        assertThat(request.parameters("a")).containsExactly("1,2", "3");
        assertThat(request.header("x-test")).contains("yes");
        assertThat(request.authorizationScheme()).contains("Bearer");
        assertThat(request.authorization()).contains("Bearer token");
        assertThat(request.requestBytes()).isEqualTo(4);
    }
}
