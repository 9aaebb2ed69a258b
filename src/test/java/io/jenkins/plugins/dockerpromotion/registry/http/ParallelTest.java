package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParallelTest {

    @Test
    void returnsResultsInTheOrderOfTheTasks() throws Exception {
        CountDownLatch secondDone = new CountDownLatch(1);
        List<Callable<String>> tasks = List.of(
                () -> {
                    secondDone.await();
                    return "first";
                },
                () -> {
                    secondDone.countDown();
                    return "second";
                });
        assertThat(Parallel.all(tasks, 2)).containsExactly("first", "second");
        assertThat(Parallel.all(List.<Callable<String>>of(), 2)).isEmpty();
    }

    @Test
    void runsAsManyAtOnceAsAllowed() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger peak = new AtomicInteger();
        CyclicBarrier three = new CyclicBarrier(3);
        List<Callable<Integer>> tasks = Collections.nCopies(9, () -> {
            peak.accumulateAndGet(running.incrementAndGet(), Math::max);
            three.await();
            return running.decrementAndGet();
        });
        Parallel.all(tasks, 3);
        assertThat(peak).hasValue(3);
    }

    @Test
    void endsTheOthersOnTheFirstFailureAndWaitsForTheirEnd() throws Exception {
        CountDownLatch started = new CountDownLatch(2);
        AtomicInteger ended = new AtomicInteger();
        AtomicInteger neverStarted = new AtomicInteger();
        Callable<Void> slow = () -> {
            started.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                // A cancelled request needs some time to end.
                IntStream.range(0, 1000).forEach(i -> Thread.yield());
                ended.incrementAndGet();
            }
            return null;
        };
        Callable<Void> failing = () -> {
            started.await();
            throw new RegistryException("Cannot do it");
        };
        List<Callable<Void>> tasks = new ArrayList<>(List.of(slow, slow, failing));
        tasks.addAll(Collections.nCopies(10, () -> {
            neverStarted.incrementAndGet();
            return null;
        }));
        assertThatThrownBy(() -> Parallel.all(tasks, 3)).hasMessage("Cannot do it");
        assertThat(ended).hasValue(2);
        assertThat(neverStarted.get()).isLessThan(11);
        assertThatThreadsEnd();
    }

    @Test
    void endsAllWhenInterruptedAndWaitsForTheirEnd() throws Exception {
        AtomicInteger ended = new AtomicInteger();
        Thread caller = Thread.currentThread();
        List<Callable<Void>> tasks = Collections.nCopies(3, () -> {
            caller.interrupt();
            try {
                new CountDownLatch(1).await();
            } finally {
                ended.incrementAndGet();
            }
            return null;
        });
        assertThatThrownBy(() -> Parallel.all(tasks, 1)).isInstanceOf(InterruptedException.class);
        assertThat(ended).hasValue(1);
        assertThatThreadsEnd();
    }

    @Test
    void passesBugsOnAsTheyAre() {
        List<Callable<Void>> tasks = List.of(() -> {
            throw new IllegalArgumentException("bug");
        });
        assertThatThrownBy(() -> Parallel.all(tasks, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The tasks have ended, but their threads may take a moment longer. */
    private static void assertThatThreadsEnd() throws InterruptedException {
        Thread.interrupted();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("docker-promotion-call")) {
                thread.join(5000);
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }
}
