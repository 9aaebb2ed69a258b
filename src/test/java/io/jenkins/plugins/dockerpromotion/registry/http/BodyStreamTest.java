package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BodyStreamTest {

    private final AtomicLong requested = new AtomicLong();
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final BodyStream stream = new BodyStream(Duration.ofSeconds(20));

    private final Flow.Subscription subscription = new Flow.Subscription() {
        @Override
        public void request(long count) {
            requested.addAndGet(count);
        }

        @Override
        public void cancel() {
            cancelled.set(true);
        }
    };

    private static List<ByteBuffer> buffers(String... texts) {
        return Arrays.stream(texts)
                .map(t -> ByteBuffer.wrap(t.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    @Test
    void readsAcrossBuffersToTheEnd() throws IOException {
        stream.onSubscribe(subscription);
        stream.onNext(buffers("a", "", "bc"));
        stream.onNext(buffers("d"));
        stream.onComplete();
        assertThat(stream.read()).isEqualTo('a');
        assertThat(new String(stream.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("bcd");
        assertThat(stream.read()).isEqualTo(-1);
        stream.close();
        assertThat(cancelled).isFalse();
    }

    @Test
    void asksForMoreOnlyAsItIsRead() throws IOException {
        stream.onSubscribe(subscription);
        long ahead = requested.get();
        for (int i = 0; i < ahead; i++) {
            stream.onNext(buffers("x"));
        }
        assertThat(requested).hasValue(ahead);
        stream.read();
        stream.read();
        assertThat(requested).hasValue(ahead + 2);
        assertThat(ahead).isLessThan(10);
    }

    @Test
    void failsWithWhatArrivedBeforeTheFailureRead() throws IOException {
        stream.onSubscribe(subscription);
        stream.onNext(buffers("a"));
        stream.onError(new IOException("reset"));
        assertThat(stream.read()).isEqualTo('a');
        assertThatIOException().isThrownBy(stream::read).withMessageContaining("broke off: reset");
    }

    @Test
    void givesUpOnASilentServer() {
        BodyStream impatient = new BodyStream(Duration.ofMillis(20));
        impatient.onSubscribe(subscription);
        impatient.onNext(buffers("a"));
        assertThatThrownBy(impatient::readAllBytes)
                .isInstanceOf(HttpTimeoutException.class)
                .hasMessageContaining("in the middle of the answer");
        assertThat(cancelled).isTrue();
    }

    @Test
    void endsAtOnceWhenItsThreadIsInterrupted() {
        stream.onSubscribe(subscription);
        Thread.currentThread().interrupt();
        assertThatThrownBy(stream::read).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(cancelled).isTrue();
    }

    @Test
    void wakesUpItsReaderWhenClosed() throws Exception {
        stream.onSubscribe(subscription);
        CountDownLatch reads = new CountDownLatch(1);
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> {
            reads.countDown();
            try {
                return stream.read();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        reads.await();
        stream.close();
        assertThatThrownBy(() -> reader.get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("the answer was closed");
        assertThat(cancelled).isTrue();
    }

    @Test
    void letsGoOfAConnectionThatIsHandedOverAfterItWasClosed() {
        stream.close();
        stream.onSubscribe(subscription);
        assertThat(cancelled).isTrue();
        assertThat(requested).hasValue(0);
    }

    @Test
    void drainsLittleAndKeepsTheConnection() {
        stream.onSubscribe(subscription);
        stream.onNext(buffers("some", "thing"));
        stream.onComplete();
        stream.drain(100, Duration.ofSeconds(1));
        stream.close();
        assertThat(cancelled).isFalse();
    }

    @Test
    void drainsNoMoreThanIsWorthIt() {
        stream.onSubscribe(subscription);
        stream.onNext(buffers("something"));
        stream.drain(5, Duration.ofSeconds(20));
        stream.close();
        assertThat(cancelled).isTrue();
    }

    @Test
    void drainsNothingWhenInterrupted() {
        stream.onSubscribe(subscription);
        Thread.currentThread().interrupt();
        stream.drain(100, Duration.ofSeconds(20));
        assertThat(Thread.interrupted()).isTrue();
    }
}
