package io.jenkins.plugins.dockerpromotion.registry.http;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes of a body as the client takes them, so that a standstill can be told from a long upload. */
final class UploadProgress {

    private final AtomicLong sent = new AtomicLong();
    private final BodyPublisher publisher;

    UploadProgress(RequestBody body) {
        BodyPublisher plain = body.publisher();
        publisher = body.isRepeatable() || plain.contentLength() == 0
                ? plain
                : BodyPublishers.fromPublisher(s -> plain.subscribe(new Counter(s, sent)), plain.contentLength());
    }

    BodyPublisher publisher() {
        return publisher;
    }

    /** Whether all bytes were handed over, so that only the answer is waited for. */
    boolean isDone() {
        return sent.get() >= publisher.contentLength();
    }

    /** Bytes handed to the connection so far; stays 0 for bodies that are at hand. */
    long sent() {
        return sent.get();
    }

    private record Counter(Flow.Subscriber<? super ByteBuffer> target, AtomicLong count)
            implements Flow.Subscriber<ByteBuffer> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            target.onSubscribe(subscription);
        }

        @Override
        public void onNext(ByteBuffer item) {
            count.addAndGet(item.remaining());
            target.onNext(item);
        }

        @Override
        public void onError(Throwable thrown) {
            target.onError(thrown);
        }

        @Override
        public void onComplete() {
            target.onComplete();
        }
    }
}
