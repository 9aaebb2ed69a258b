package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.AbortException;
import hudson.model.TaskListener;
import io.jenkins.plugins.dockerpromotion.controller.Waiting;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.testing.OwnClasses;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AgentCallTest {

    /**
     * Each connection of an agent has its own class loaders. Work from the previous connection goes on in the old ones.
     */
    @Test
    void waitsForTheSameWorkOfAnEarlierConnection() throws Exception {
        UUID id = UUID.randomUUID();
        List<String> events = new CopyOnWriteArrayList<>();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        CompletableFuture<Void> before = connection(id, () -> {
            begun.countDown();
            Waiting.isOpen(released);
            events.add("put back");
        });
        Waiting.isOpen(begun);

        CompletableFuture<Void> again = connection(id, () -> events.add("sent again"));
        CompletableFuture<Void> other = connection(UUID.randomUUID(), () -> events.add("other work"));
        other.get(1, TimeUnit.MINUTES);
        released.countDown();
        before.get(1, TimeUnit.MINUTES);
        again.get(1, TimeUnit.MINUTES);

        assertThat(events).containsExactly("other work", "put back", "sent again");
    }

    @Test
    void anAbortEndsTheWaitForTheSameWork() throws Exception {
        UUID id = UUID.randomUUID();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        CompletableFuture<Void> before = connection(id, () -> {
            begun.countDown();
            Waiting.isOpen(released);
        });
        Waiting.isOpen(begun);
        AgentCall<String> call = new AgentCall<>(
                id,
                "work",
                new Work(() -> {}),
                Network.usual(),
                TaskListener.NULL,
                new AgentCall.Memory(Map.of(), facts -> {}));
        FutureTask<String> again = new FutureTask<>(call::call);
        new Thread(again).start();

        call.cancel().call();

        assertThatThrownBy(() -> again.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(AbortException.class);
        assertThat(before).isNotDone();
        released.countDown();
        before.get(1, TimeUnit.MINUTES);
    }

    private static CompletableFuture<Void> connection(UUID id, Runnable work) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                Class<?> runner = new OwnClasses(AgentCall.class.getPackageName()).loadClass(Runner.class.getName());
                assertThat(runner).isNotSameAs(Runner.class);
                runner.getMethod("run", UUID.class, Runnable.class).invoke(null, id, work);
                ended.complete(null);
            } catch (Throwable e) {
                ended.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return ended;
    }

    /** Runs a call as an agent does. */
    public static final class Runner {

        private Runner() {}

        public static void run(UUID id, Runnable work) throws IOException {
            new AgentCall<>(
                            id,
                            "work",
                            new Work(work),
                            Network.usual(),
                            TaskListener.NULL,
                            new AgentCall.Memory(Map.of(), facts -> {}))
                    .call();
        }
    }

    private record Work(Runnable work) implements Operation<String> {
        @Override
        public String run(RegistryContext context) {
            work.run();
            return "";
        }
    }
}
