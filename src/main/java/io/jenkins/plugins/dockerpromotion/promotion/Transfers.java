package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Progress;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Limits the parallel requests of one promotion, and reports the progress of its copies. */
final class Transfers {

    /** Limit of parallel small requests: fifty images take two rounds, and registries do not yet start to refuse. */
    static final int REQUESTS = 32;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private final RegistryContext context;
    private final Semaphore requests = new Semaphore(REQUESTS);
    private final Semaphore copies;
    private final Semaphore streams;
    private final AtomicLong expected = new AtomicLong();
    private final Progress progress;

    Transfers(RegistryContext context) {
        this.context = context;
        this.copies = new Semaphore(2 * context.network().transfers());
        this.streams = new Semaphore(context.network().transfers());
        this.progress = new Progress(
                context, moved -> "copied " + LogText.bytes(moved) + " of " + LogText.bytes(expected.get()));
    }

    /** A call to a registry. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws RegistryException, InterruptedException;
    }

    /** Makes a small request once there are fewer than the limit. */
    <T> T request(Call<T> call) throws RegistryException, InterruptedException {
        return limited(requests, call);
    }

    /**
     * Copies a blob. While some blobs {@linkplain #stream send their bytes}, as many others may start their upload, or wait
     * until the registry has stored them.
     */
    void copy(Call<Void> call) throws RegistryException, InterruptedException {
        limited(copies, call);
    }

    /** Sends the bytes of a blob. */
    @FunctionalInterface
    interface Sending {
        /** @param sent to be called once all bytes are on their way, so that the next blob can begin */
        void run(Runnable sent) throws RegistryException, InterruptedException;
    }

    /** Sends the bytes of a blob once fewer than the limit are being sent. */
    void stream(Sending sending) throws RegistryException, InterruptedException {
        streams.acquire();
        AtomicBoolean held = new AtomicBoolean(true);
        Runnable sent = () -> {
            if (held.getAndSet(false)) {
                streams.release();
            }
        };
        try {
            sending.run(sent);
        } finally {
            sent.run();
        }
    }

    private static <T> T limited(Semaphore permits, Call<T> call) throws RegistryException, InterruptedException {
        permits.acquire();
        try {
            return call.run();
        } finally {
            permits.release();
        }
    }

    /** Maximum number of attempts for each blob. */
    int attempts() {
        return context.network().timing().attempts();
    }

    /** Waits longer before each attempt: a registry that limits requests would refuse all of them at once. */
    void pauseBefore(int attempt, String why) throws InterruptedException {
        context.notices().say(why + " (" + attempt + " of " + attempts() + ")");
        context.time().pause(FIRST_PAUSE.multipliedBy(1L << Math.min(attempt - 2, 6)));
    }

    /** Adds {@code size} to the number of bytes to copy. */
    void expect(long size) {
        expected.addAndGet(size);
    }

    /** Counts the bytes read from {@code in}, and calls {@code atEnd} at their end. */
    InputStream counting(InputStream in, Runnable atEnd) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int value = super.read();
                moved(value < 0 ? -1 : 1);
                return value;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int count = super.read(target, offset, length);
                moved(count);
                return count;
            }

            private void moved(int count) {
                if (count < 0) {
                    atEnd.run();
                } else {
                    progress.add(count);
                }
            }
        };
    }
}
