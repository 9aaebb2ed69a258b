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
 * Runs an operation on an agent. Returns plain data, or a failure that consists of text only: the controller's class
 * filter rejects classes of some causes, such as certificate errors.
 *
 * <p>{@link Cancel} interrupts an operation, which then gets time to undo its changes.
 */
final class AgentCall<T extends Serializable> extends MasterToSlaveCallable<T, IOException> {

    private static final long serialVersionUID = 1L;

    /** The running operations of this connection to the agent. An empty entry means cancelled before it started. */
    private static final Map<UUID, Optional<Thread>> RUNNING = new HashMap<>();

    /** Maximum length of a notice; longer ones are cut. */
    private static final int MAX_LINE = 16_000;

    /** How often to check whether the previous call has ended. */
    private static final long POLL_MILLIS = 50;

    private static final long INTERRUPT_MILLIS = 1_000;

    private final UUID id;
    private final String phrase;
    private final Operation<T> operation;
    private final Network network;
    private final TaskListener listener;
    private final StepMemory memory;

    /**
     * @param id of the work: if it is sent again, for example after a restart, it waits until the previous call has
     *     ended
     * @param phrase the action, as in "Cannot promote ..."
     * @param listener receives progress messages for the build's log
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
     * @throws AbortException with one line for the Pipeline author
     * @throws ProxyException for an unexpected failure
     */
    @Override
    public T call() throws AbortException, ProxyException {
        // A system property, because a new connection has a new class loader and cannot see static fields of the
        // previous one.
        String mark = AgentCall.class.getName() + "." + id;
        boolean marked = false;
        try {
            begin();
            while (System.getProperties().putIfAbsent(mark, "running") != null) {
                Thread.sleep(POLL_MILLIS);
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
            // The agent buffers the log, but the step, and maybe the build, ends with the answer.
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
            // A late cancellation must not interrupt the next task of this thread.
            Thread.interrupted();
        }
    }

    /** The call that cancels this one. */
    Cancel cancel() {
        return new Cancel(id);
    }

    /** Cancels a running {@link AgentCall}. */
    static final class Cancel extends MasterToSlaveCallable<Void, InterruptedException> {
        private static final long serialVersionUID = 1L;

        private final UUID id;

        private Cancel(UUID id) {
            this.id = id;
        }

        /**
         * The call may not have started yet: another thread of the agent runs it. It is interrupted until it ends, because
         * loading a class from the controller can lose an interrupt.
         */
        @Override
        public Void call() throws InterruptedException {
            Optional<Thread> running;
            synchronized (RUNNING) {
                running = RUNNING.computeIfAbsent(id, absent -> Optional.empty());
            }
            while (running.isPresent() && interrupt(running.get())) {
                Thread.sleep(INTERRUPT_MILLIS);
            }
            return null;
        }

        private boolean interrupt(Thread running) {
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
