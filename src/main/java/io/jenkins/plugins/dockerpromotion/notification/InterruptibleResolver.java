package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.notification.CallbackClient.Resolver;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a name service, whose answer Java waits for without minding interrupts, in a thread that can be left behind. */
final class InterruptibleResolver {

    private final Resolver resolver;
    private final Duration patience;

    /** @param patience the longest time to wait for an answer */
    InterruptibleResolver(Resolver resolver, Duration patience) {
        this.resolver = resolver;
        this.patience = patience;
    }

    List<InetAddress> resolve(String host) throws IOException {
        FutureTask<List<InetAddress>> asking = new FutureTask<>(() -> resolver.resolve(host));
        Thread thread = new Thread(asking, "docker-promotion-resolver");
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        thread.start();
        try {
            return asking.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asking the name service");
        } catch (TimeoutException e) {
            throw new UnknownHostException(host);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException unknown ? unknown : new IOException(e.getCause());
        }
    }
}
