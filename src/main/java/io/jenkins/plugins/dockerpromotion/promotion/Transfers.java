package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.CountingStream;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Limits what one promotion has under way at a time, and says every few seconds how far its copying is. */
final class Transfers {

    /** Small requests at a time: fifty images take two rounds, and registries still answer instead of refusing. */
    static final int REQUESTS = 32;

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final RegistryContext context;
    private final Semaphore requests = new Semaphore(REQUESTS);
    private final Semaphore streams;
    private final Map<String, First> firsts = new ConcurrentHashMap<>();
    private Instant nextLine;
    private long expected;
    private long moved;

    Transfers(RegistryContext context) {
        this.context = context;
        this.streams = new Semaphore(context.network().transfers());
        this.nextLine = context.time().now().plus(INTERVAL);
    }

    /** A call to a registry. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws RegistryException, InterruptedException;
    }

    /** Makes a small request when there are not too many under way. */
    <T> T request(Call<T> call) throws RegistryException, InterruptedException {
        return limited(requests, call);
    }

    /** Moves a blob when there are not too many on the way. */
    void stream(Call<Void> call) throws RegistryException, InterruptedException {
        limited(streams, call);
    }

    private static <T> T limited(Semaphore permits, Call<T> call) throws RegistryException, InterruptedException {
        permits.acquire();
        try {
            return call.run();
        } finally {
            permits.release();
        }
    }

    /**
     * Which repository of a registry gets a blob first; the others mount it from there.
     *
     * @param done whether it is there now
     */
    record First(ImageName image, CompletableFuture<Boolean> done) {}

    /** The first of all images of this promotion that bring {@code blob} to the registry of {@code image}. */
    First first(ImageName image, Digest blob) {
        return firsts.computeIfAbsent(image.host() + ' ' + blob, key -> new First(image, new CompletableFuture<>()));
    }

    /** How often a blob is tried at most. */
    int attempts() {
        return context.network().timing().attempts();
    }

    void say(String line) {
        context.notices().say(line);
    }

    /** Announces {@code size} bytes that will have to move. */
    synchronized void expect(long size) {
        expected += size;
    }

    /** Counts the bytes read from {@code in}. */
    InputStream counting(InputStream in) {
        return new CountingStream(in) {
            @Override
            protected void count(long read) {
                moved(read);
            }
        };
    }

    private synchronized void moved(long bytes) {
        moved += bytes;
        if (!context.time().now().isBefore(nextLine)) {
            nextLine = context.time().now().plus(INTERVAL);
            say("copied " + mebibytes(moved) + " of " + mebibytes(expected));
        }
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024.0));
    }
}
