package io.jenkins.plugins.dockerpromotion.agent;

import hudson.model.TaskListener;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.Timekeeper;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import jenkins.security.MasterToSlaveCallable;

/**
 * Carries an operation to the agent and runs it there: the one place where operations run.
 *
 * <p>An operation that is to end early is not cut off but told so by {@link Cancel}: it gets the time to put back what it
 * changed, and to say what stands where.
 */
public final class AgentCall<T extends Serializable> extends MasterToSlaveCallable<T, IOException> {

    private static final long serialVersionUID = 1L;

    /** The operations under way in this process. */
    private static final Map<UUID, Thread> RUNNING = new HashMap<>();

    /** Operations that were told to end, which some hear before they begin: the two messages travel side by side. */
    private static final Set<UUID> CANCELLED = Latest.of(100);

    /** The longest notice that is shown whole. */
    private static final int MAX_LINE = 16_000;

    /** How often to look whether the work that was sent before has ended. */
    private static final long LOOK_MILLIS = 50;

    private final UUID id;
    private final Operation<T> operation;
    private final Network network;
    private final TaskListener listener;

    /**
     * @param id of the work: sent again, after a restart say, it waits until the one before it has ended
     * @param listener hears of waits and progress; it reaches back to the build's log
     */
    public AgentCall(UUID id, Operation<T> operation, Network network, TaskListener listener) {
        this.id = id;
        this.operation = operation;
        this.network = network;
        this.listener = listener;
    }

    @Override
    public T call() throws IOException {
        String usualName = Thread.currentThread().getName();
        try {
            begin();
        } catch (InterruptedException e) {
            throw new AbortedException(e);
        }
        RegistryContext context = new RegistryContext(
                network, Timekeeper.SYSTEM, line -> listener.getLogger().println(LogText.oneLine(line, MAX_LINE)));
        try {
            return operation.run(context);
        } catch (InterruptedException e) {
            throw new AbortedException(e);
        } finally {
            end();
            Thread.currentThread().setName(usualName);
            context.quotas().shortage().ifPresent(context.notices()::say);
            // What was said waits in a buffer of the agent; the step, and maybe the build, ends with the answer.
            listener.getLogger().flush();
        }
    }

    private void begin() throws AbortedException, InterruptedException {
        synchronized (RUNNING) {
            // One that lost its controller may be about to put back what it changed.
            while (!CANCELLED.contains(id) && isUnderWay()) {
                RUNNING.wait(LOOK_MILLIS);
            }
            if (CANCELLED.contains(id)) {
                throw new AbortedException(null);
            }
            RUNNING.put(id, Thread.currentThread());
            Thread.currentThread().setName(threadName());
        }
    }

    /**
     * Looked for by the names of threads: an agent that connects anew loads this class anew, so what it keeps in static
     * fields says nothing of work that was sent by the connection before.
     */
    private boolean isUnderWay() {
        ThreadGroup all = Thread.currentThread().getThreadGroup();
        while (all.getParent() != null) {
            all = all.getParent();
        }
        Thread[] threads = new Thread[2 * all.activeCount() + 10];
        int count = all.enumerate(threads);
        return Stream.of(threads)
                .limit(count)
                .anyMatch(thread -> thread.getName().equals(threadName()));
    }

    private String threadName() {
        return "docker-promotion operation " + id;
    }

    private void end() {
        synchronized (RUNNING) {
            RUNNING.remove(id);
            RUNNING.notifyAll();
            // A cancellation may have come in the last moment; the agent's next task has nothing to do with it.
            Thread.interrupted();
        }
    }

    /** What to send after this call, by another thread, to make it end early. */
    public Cancel cancel() {
        return new Cancel(id);
    }

    /** Ends a running {@link AgentCall} early. */
    public static final class Cancel extends MasterToSlaveCallable<Void, IOException> {
        private static final long serialVersionUID = 1L;

        private final UUID id;

        private Cancel(UUID id) {
            this.id = id;
        }

        @Override
        public Void call() {
            synchronized (RUNNING) {
                CANCELLED.add(id);
                Thread running = RUNNING.get(id);
                if (running != null) {
                    running.interrupt();
                }
            }
            return null;
        }
    }

    /** The operation ended because it was told to. The cause is what the operation itself ended with, if it had begun. */
    public static final class AbortedException extends IOException {
        private static final long serialVersionUID = 1L;

        AbortedException(InterruptedException cause) {
            super("aborted", cause);
        }
    }
}
