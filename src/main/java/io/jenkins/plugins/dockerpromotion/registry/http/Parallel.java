package io.jenkins.plugins.dockerpromotion.registry.http;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs calls side by side, never more at once than a registry takes kindly. */
public final class Parallel {

    /** Connections to one host at a time; more makes registries answer 429 rather than faster. */
    public static final int PER_HOST = 16;

    /** Large transfers at a time: as many as docker itself starts. */
    public static final int TRANSFERS = 3;

    private Parallel() {}

    /**
     * Runs all {@code tasks} and returns their results in the same order. The first failure, or an interrupt, ends the
     * others. None of them runs any more when this returns, however it returns: who has to know what they changed can
     * look.
     *
     * @param width how many run at once, at most
     */
    public static <T> List<T> all(List<? extends Callable<T>> tasks, int width)
            throws RegistryException, InterruptedException {
        if (tasks.isEmpty()) {
            return List.of();
        }
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(width, tasks.size()), task -> {
            Thread thread = new Thread(task, "docker-promotion-call");
            thread.setDaemon(true);
            return thread;
        });
        try {
            CompletionService<T> completion = new ExecutorCompletionService<>(pool);
            List<Future<T>> futures = new ArrayList<>();
            tasks.forEach(t -> futures.add(completion.submit(t::call)));
            for (int i = 0; i < tasks.size(); i++) {
                result(completion.take());
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(result(future));
            }
            return results;
        } finally {
            awaitEnd(pool);
        }
    }

    /**
     * Tasks end at once when they are interrupted, so an interrupt of this thread can wait for them. They are interrupted
     * again and again: on an agent, loading a class from the controller can lose an interrupt.
     */
    private static void awaitEnd(ExecutorService pool) {
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            pool.shutdownNow();
            try {
                ended = pool.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T result(Future<T> future) throws RegistryException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RegistryException failure) {
                throw failure;
            }
            if (e.getCause() instanceof InterruptedException) {
                throw new InterruptedException();
            }
            if (e.getCause() instanceof RuntimeException bug) {
                throw bug;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
