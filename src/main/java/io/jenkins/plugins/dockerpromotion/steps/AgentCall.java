package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.model.TaskListener;
import hudson.remoting.ProxyException;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import jenkins.security.MasterToSlaveCallable;

/**
 * Runs an operation on an agent. What comes back is plain data, or a failure that is made of texts: classes of causes, such
 * as those of a certificate's, are not accepted by the controller's class filter.
 *
 * <p>An operation that has to end early is interrupted by {@link Cancel} and then gets the time to put back what it changed.
 */
final class AgentCall<T extends Serializable> extends MasterToSlaveCallable<T, IOException> {

    private static final long serialVersionUID = 1L;

    /** The operations under way in this connection to the agent. Empty: cancelled before it began. */
    private static final Map<UUID, Optional<Thread>> RUNNING = new HashMap<>();

    /** The longest notice that is shown whole. */
    private static final int MAX_LINE = 16_000;

    /** How often to look whether the call that was sent before has ended. */
    private static final long LOOK_MILLIS = 50;

    private static final long AGAIN_MILLIS = 1_000;

    private final UUID id;
    private final String phrase;
    private final Operation<T> operation;
    private final Network network;
    private final TaskListener listener;
    private final StepMemory memory;

    /**
     * @param id of the work: if it is sent again, after a restart say, it waits until the call before it has ended
     * @param phrase what is tried, behind "Cannot"
     * @param listener hears of waits and progress; it reaches back to the build's log
     * @param memory of earlier calls with this id
     */
    AgentCall(
            UUID id, String phrase, Operation<T> operation, Network network, TaskListener listener, StepMemory memory) {
        this.id = id;
        this.phrase = phrase;
        this.operation = operation;
        this.network = network;
        this.listener = listener;
        this.memory = memory;
    }

    /**
     * @throws AbortException with one line for the author
     * @throws ProxyException if something happened that no line explains
     */
    @Override
    public T call() throws AbortException, ProxyException {
        // A system property, because a new connection has a new class loader and sees no static field of the one
        // before.
        String mark = AgentCall.class.getName() + "." + id;
        boolean marked = false;
        try {
            begin();
            while (System.getProperties().putIfAbsent(mark, "running") != null) {
                Thread.sleep(LOOK_MILLIS);
            }
            marked = true;
            return run();
        } catch (InterruptedException e) {
            throw new AbortException(e.getMessage() == null ? "aborted" : StepFailure.oneLine(e.getMessage()));
        } finally {
            if (marked) {
                System.clearProperty(mark);
            }
            end();
        }
    }

    private T run() throws AbortException, ProxyException, InterruptedException {
        RegistryContext context = new RegistryContext(
                network,
                Timekeeper.SYSTEM,
                line -> listener.getLogger().println(LogText.oneLine(line, MAX_LINE)),
                memory);
        try {
            return operation.run(context);
        } catch (IOException | RuntimeException | Error e) {
            if (StepFailure.explained(phrase, e) instanceof AbortException line) {
                throw line;
            }
            throw new ProxyException(e);
        } finally {
            context.quotas().shortage().ifPresent(context.notices()::say);
            // The agent buffers the log; the step, and maybe the build, ends with the answer.
            listener.getLogger().flush();
        }
    }

    private void begin() throws InterruptedException {
        synchronized (RUNNING) {
            if (RUNNING.putIfAbsent(id, Optional.of(Thread.currentThread())) != null) {
                throw new InterruptedException();
            }
        }
    }

    private void end() {
        synchronized (RUNNING) {
            RUNNING.remove(id);
            // A cancellation may come in the last moment; the thread's next task has nothing to do with it.
            Thread.interrupted();
        }
    }

    /** What to send after this call to make it end early. */
    Cancel cancel() {
        return new Cancel(id);
    }

    /** Ends a running {@link AgentCall} early. */
    static final class Cancel extends MasterToSlaveCallable<Void, RuntimeException> {
        private static final long serialVersionUID = 1L;

        private final UUID id;

        private Cancel(UUID id) {
            this.id = id;
        }

        /** The call may not have begun yet: another thread of the agent runs it. */
        @Override
        public Void call() {
            Optional<Thread> running;
            synchronized (RUNNING) {
                running = RUNNING.computeIfAbsent(id, absent -> Optional.empty());
            }
            running.ifPresent(this::interrupt);
            return null;
        }

        /** Until it ends: loading a class from the controller can lose an interrupt. */
        private void interrupt(Thread running) {
            Thread persistent = new Thread(
                    () -> {
                        try {
                            while (interruptIfRunning(running)) {
                                Thread.sleep(AGAIN_MILLIS);
                            }
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "docker-promotion-cancel");
            persistent.setDaemon(true);
            persistent.start();
        }

        private boolean interruptIfRunning(Thread running) {
            synchronized (RUNNING) {
                boolean runs = RUNNING.getOrDefault(id, Optional.empty()).equals(Optional.of(running));
                if (runs) {
                    running.interrupt();
                }
                return runs;
            }
        }
    }
}
