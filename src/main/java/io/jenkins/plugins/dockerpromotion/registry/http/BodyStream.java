package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of an answer as it arrives. The JDK's own stream waits for ever when a server falls silent; this one gives
 * up after a set time without a byte, or with hardly any, holds only a few buffers, and ends at once when its thread is
 * interrupted or another one closes it.
 */
final class BodyStream extends InputStream implements BodySubscriber<BodyStream> {

    /** Lists of buffers asked for ahead; each is one read of the socket, so memory stays in the tens of KiB. */
    private static final int AHEAD = 4;

    private static final List<ByteBuffer> END = List.of();

    private static final Flow.Subscription ALL_HERE = new Flow.Subscription() {
        @Override
        public void request(long n) {
            // Nothing more comes.
        }

        @Override
        public void cancel() {
            // Nothing more comes.
        }
    };

    private final BlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
    private final Duration silence;
    private volatile Flow.Subscription subscription;
    private volatile Throwable failure;
    private volatile boolean complete;
    private volatile boolean closed;
    private Iterator<ByteBuffer> buffers = END.iterator();
    private ByteBuffer current = ByteBuffer.allocate(0);
    private boolean ended;
    private final Pace pace;

    /** @param silence the longest time to wait for the next bytes */
    BodyStream(Duration silence) {
        this.silence = silence;
        this.pace = new Pace(silence);
    }

    static BodyStream empty() {
        BodyStream empty = new BodyStream(Duration.ZERO);
        empty.onComplete();
        return empty;
    }

    /** A body that was read already. */
    static BodyStream of(byte[] content) {
        BodyStream stream = new BodyStream(Duration.ZERO);
        stream.onSubscribe(ALL_HERE);
        stream.onNext(List.of(ByteBuffer.wrap(content)));
        stream.onComplete();
        return stream;
    }

    /** At hand as soon as the headers are: the bytes follow while they are read. */
    @Override
    public CompletionStage<BodyStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        // The headers may be at hand, and the answer closed, before the JDK gets to this.
        if (closed) {
            given.cancel();
        } else {
            given.request(AHEAD);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        arrived.add(item);
    }

    @Override
    public void onError(Throwable thrown) {
        failure = thrown;
        onComplete();
    }

    @Override
    public void onComplete() {
        complete = true;
        arrived.add(END);
    }

    @Override
    public int read() throws IOException {
        return advance() ? current.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!advance()) {
            return -1;
        }
        int count = Math.min(length, current.remaining());
        current.get(target, offset, count);
        return count;
    }

    /** Makes {@code current} hold a byte, or returns false at the end. */
    private boolean advance() throws IOException {
        while (!ended && !current.hasRemaining()) {
            if (buffers.hasNext()) {
                current = buffers.next();
            } else {
                take(silence);
            }
        }
        return !ended;
    }

    private void take(Duration patience) throws IOException {
        List<ByteBuffer> next;
        long begin = System.nanoTime();
        try {
            next = closed ? END : arrived.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading the answer");
        }
        if (next == null) {
            close();
            throw new HttpTimeoutException("silent for " + patience.toSeconds() + " s in the middle of the answer");
        }
        if (next != END) {
            requireProgress(next, System.nanoTime() - begin);
            subscription.request(1);
            buffers = next.iterator();
        } else if (closed) {
            throw new IOException("the answer was closed");
        } else {
            ended = true;
            if (failure != null) {
                throw new IOException("the answer broke off: " + failure.getMessage(), failure);
            }
        }
    }

    /** Only what was waited for counts: a reader that takes its time is no slow server. */
    private void requireProgress(List<ByteBuffer> next, long waited) throws IOException {
        int count = next.stream().mapToInt(ByteBuffer::remaining).sum();
        if (!pace.keptBy(count, waited)) {
            close();
            throw new HttpTimeoutException("the answer comes in at less than " + Pace.SLOWEST + " bytes a second");
        }
    }

    /**
     * Reads what nobody wants: a connection is used again only if its answer was read to the end. Has to be called by the
     * thread that reads, if one does.
     *
     * @param limit in bytes; more is not worth it
     * @param patience the longest time to wait for the next bytes, less than a new connection would take
     */
    void drain(long limit, Duration patience) {
        long left = limit - current.remaining();
        try {
            while (!ended && left >= 0 && !Thread.currentThread().isInterrupted()) {
                take(patience);
                while (buffers.hasNext()) {
                    left -= buffers.next().remaining();
                }
            }
        } catch (IOException e) {
            // Then the connection is of no use any more.
        }
    }

    /** Lets go of the connection if the body was not read to its end; wakes up a thread that reads. */
    @Override
    public void close() {
        closed = true;
        Flow.Subscription open = subscription;
        if (open != null && !complete) {
            open.cancel();
        }
        arrived.add(END);
    }
}
