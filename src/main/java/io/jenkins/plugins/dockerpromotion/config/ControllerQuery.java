package io.jenkins.plugins.dockerpromotion.config;

import hudson.AbortException;
import hudson.util.DaemonThreadFactory;
import hudson.util.NamingThreadFactory;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jenkins.security.SecurityContextExecutorService;

/**
 * Queries a registry from the controller while a user waits for a page: limited to a few seconds, and a few queries at
 * a time.
 */
public final class ControllerQuery {

    private static final int AT_A_TIME = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    /** Timeout of each request; all requests together must end within {@link #PATIENCE}. */
    private static final Timing TIMING = new Timing(PATIENCE, PATIENCE, PATIENCE, 1, Duration.ofSeconds(1));

    private static final ExecutorService THREADS = new SecurityContextExecutorService(new ThreadPoolExecutor(
            0,
            AT_A_TIME,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new NamingThreadFactory(new DaemonThreadFactory(), "docker-promotion-query")));

    private ControllerQuery() {}

    /** The query. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(RegistryContext context) throws IOException, RegistryException, InterruptedException;
    }

    /** @throws AbortException in one line, if there is no answer within eight seconds, or if the registry refuses */
    public static <T> T ask(Question<T> question) throws AbortException, InterruptedException {
        RegistryContext context = new RegistryContext(
                DockerPromotionConfiguration.get().network().with(TIMING), Timekeeper.SYSTEM, Notices.NONE);
        Future<T> asked;
        try {
            asked = THREADS.submit(() -> question.ask(context));
        } catch (RejectedExecutionException e) {
            throw new AbortException("Jenkins is querying too many registries at the moment; try again later");
        }
        try {
            return asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AbortException("the registry did not answer within " + PATIENCE.toSeconds() + " seconds");
        } catch (ExecutionException e) {
            throw new AbortException(e.getCause().getMessage());
        } finally {
            asked.cancel(true);
        }
    }
}
