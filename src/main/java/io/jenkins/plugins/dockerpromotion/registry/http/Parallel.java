package io.jenkins.plugins.dockerpromotion.registry.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs calls in parallel, with a limit that registries tolerate. */
public final class Parallel {

    /** Connections to one host at a time. With more, registries answer 429 instead of getting faster. */
    public static final int PER_HOST = 16;

    /** Large transfers at a time, like docker itself. */
    public static final int TRANSFERS = 3;

    private Parallel() {}

    /**
     * Runs all {@code tasks} and returns their results in the same order. The first failure or interrupt ends the
     * others. When this method returns or throws, no task is still running, so the caller can check what they changed.
     *
     * @param width maximum number of parallel tasks
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

    /** A call about one thing. */
    @FunctionalInterface
    public interface Call<T, R> {
        R on(T thing) throws RegistryException, InterruptedException;
    }

    /** Makes the same call for each of {@code things}, as in {@link #all}. */
    public static <T, R> List<R> each(Collection<T> things, int width, Call<T, R> call)
            throws RegistryException, InterruptedException {
        return all(
                things.stream().<Callable<R>>map(thing -> () -> call.on(thing)).toList(), width);
    }

    /** The same as a map from each thing to its result, in their order. */
    public static <T, R> Map<T, R> map(Collection<T> things, int width, Call<T, R> call)
            throws RegistryException, InterruptedException {
        Iterator<R> results = each(things, width, call).iterator();
        Map<T, R> map = new LinkedHashMap<>();
        things.forEach(thing -> map.put(thing, results.next()));
        return map;
    }

    /**
     * Waits for interrupted tasks, which end immediately. It interrupts them repeatedly, because on an agent, loading a
     * class from the controller can lose an interrupt.
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
