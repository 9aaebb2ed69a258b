package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.model.TaskListener;
import hudson.remoting.ProxyException;
import hudson.remoting.RemoteOutputStream;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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
    private final Memory memory;

    /**
     * @param id of the work: if it is sent again, for example after a restart, it waits until the previous call has
     *     ended
     * @param phrase the action, as in "Cannot promote ..."
     * @param listener receives progress messages for the build's log
     * @param memory of earlier calls with this id
     */
    AgentCall(UUID id, String phrase, Operation<T> operation, Network network, TaskListener listener, Memory memory) {
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

    /**
     * Facts that a step's operation keeps on the controller, so that they survive a restart. Sent to the agent with the
     * operation; additions are returned as text, one line for each fact.
     */
    static final class Memory implements RegistryContext.Memory, Serializable {

        private static final long serialVersionUID = 1L;

        private final HashMap<String, String> earlier;
        private final RemoteOutputStream controller;

        /**
         * @param earlier facts from earlier attempts
         * @param keeper stores additions of this attempt on the controller
         */
        Memory(Map<String, String> earlier, Consumer<Map<String, String>> keeper) {
            this.earlier = new HashMap<>(earlier);
            this.controller = new RemoteOutputStream(new Facts(keeper));
        }

        @Override
        public Optional<String> recall(String key) {
            return Optional.ofNullable(earlier.get(key));
        }

        @Override
        public void keep(Map<String, String> facts) throws IOException {
            if (!facts.isEmpty()) {
                String lines = facts.entrySet().stream()
                        .map(fact -> fact.getKey() + " " + fact.getValue() + "\n")
                        .collect(Collectors.joining());
                controller.write(lines.getBytes(StandardCharsets.UTF_8));
                controller.flush();
            }
        }

        /** Parses lines from an agent into facts. */
        private static final class Facts extends ByteArrayOutputStream {

            private final Consumer<Map<String, String>> keeper;

            Facts(Consumer<Map<String, String>> keeper) {
                this.keeper = keeper;
            }

            @Override
            public void flush() {
                Map<String, String> facts = toString(StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> (line + " ").split(" ", 3))
                        .collect(Collectors.toMap(words -> words[0], words -> words[1], (before, after) -> after));
                reset();
                keeper.accept(facts);
            }
        }
    }
}
