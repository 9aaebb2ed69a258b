package io.jenkins.plugins.dockerpromotion.steps;

import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import hudson.AbortException;
import hudson.FilePath;
import hudson.model.Computer;
import hudson.model.TaskListener;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.util.SystemProperties;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * Runs a step: takes its lock, sends its operation to the agent, waits for the answer without a thread, and releases
 * the lock when the operation has ended or the agent is gone. After a restart of the controller, the operation is sent
 * again once the agent is back; the agent waits until the previous one has ended.
 */
@SuppressFBWarnings(value = "SE_TRANSIENT_FIELD_NOT_RESTORED", justification = "onResume starts again and sets them")
final class AgentStepExecution<T extends Serializable> extends StepExecution {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(AgentStepExecution.class.getName());

    /** In seconds; can be set by tests. How long an aborted build waits for its operation to undo its changes. */
    static final String FAREWELL = AgentStepExecution.class.getName() + ".farewell";

    private static final Duration DEFAULT_FAREWELL = Duration.ofSeconds(20);

    /** Checks for the answer become less frequent, so that a short wait ends quickly and a long one costs nothing. */
    private static final long FIRST_POLL_MILLIS = 5;

    private static final long LAST_POLL_MILLIS = 1000;

    private final AgentStep<T> step;
    private final UUID id = UUID.randomUUID();
    /** What the operation wants to know again if it has to be sent again. */
    private final ConcurrentHashMap<String, String> kept = new ConcurrentHashMap<>();

    private AgentPlace agent;
    private volatile Throwable stopCause;

    private transient RepositoryLocks.Lock lock;
    private transient CompletableFuture<FilePath> waiting;
    private transient AgentCall<T> call;
    private transient FilePath place;
    private transient boolean ended;

    AgentStepExecution(AgentStep<T> step, StepContext context) {
        super(context);
        this.step = step;
    }

    @Override
    public boolean start() throws Exception {
        FilePath here = getContext().get(FilePath.class);
        agent = AgentPlace.of(here);
        takeLock(() -> send(here));
        return false;
    }

    @Override
    public void onResume() {
        if (stopCause == null) {
            // Before the agent is back, so that no new build can take the lock first.
            takeLock(() -> awaitAgent(new AbortException("it did not reconnect after the restart of Jenkins")));
        } else {
            end(stopCause);
        }
    }

    private synchronized void takeLock(Runnable work) {
        try {
            lock = RepositoryLocks.get().request(step.locks(), work);
            if (!lock.isHeld()) {
                say("Waiting to " + step.phrase() + ": another build is changing tags of the same repository");
            }
        } catch (RuntimeException e) {
            end(StepFailure.explained(step.phrase(), e));
        }
    }

    /** @param why the agent is not available */
    private synchronized void awaitAgent(Throwable why) {
        if (ended) {
            return;
        }
        waiting = agent.await();
        waiting.whenCompleteAsync(
                (there, away) -> {
                    if (away == null) {
                        send(there);
                    } else {
                        end(StepFailure.agentLost(step.phrase(), agent, why));
                    }
                },
                Computer.threadPoolForRemoting);
    }

    private void send(FilePath there) {
        try {
            StepRun run = StepRun.of(getContext(), id);
            AgentCall<T> made = new AgentCall<>(
                    id,
                    step.phrase(),
                    step.operation(run),
                    DockerPromotionConfiguration.get().network(),
                    run.listener(),
                    new AgentCall.Memory(kept, this::keep));
            synchronized (this) {
                if (ended) {
                    return;
                }
                call = made;
                place = there;
            }
            await(there.getChannel().callAsync(made), run, FIRST_POLL_MILLIS);
        } catch (Throwable e) {
            // Any failure, including a class that cannot be loaded on the agent: the build must not wait forever.
            failed(e);
        }
    }

    private void keep(Map<String, String> facts) {
        kept.putAll(facts);
        getContext().saveState();
    }

    private void await(Future<T> answer, StepRun run, long millis) {
        if (answer.isDone()) {
            Computer.threadPoolForRemoting.execute(() -> take(answer, run));
        } else {
            long next = Math.min(millis + millis / 4 + 1, LAST_POLL_MILLIS);
            Timer.get().schedule(() -> await(answer, run, next), millis, TimeUnit.MILLISECONDS);
        }
    }

    private void take(Future<T> answer, StepRun run) {
        try {
            Object result = step.result(answer.get(), run);
            end(null, result);
        } catch (ExecutionException e) {
            failed(e.getCause());
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void failed(Throwable e) {
        synchronized (this) {
            call = null;
        }
        if (stopCause != null || !StepFailure.isAgentLost(e)) {
            end(StepFailure.explained(step.phrase(), e));
        } else if (!AgentPlace.isJenkinsEnding()) {
            say("Lost " + agent + "; waiting for it to reconnect");
            awaitAgent(e);
        }
    }

    private void end(Throwable failure) {
        end(failure, null);
    }

    /** After the end of the step, nothing more is logged, but the lock is kept until the operation has ended. */
    private void end(Throwable failure, Object result) {
        synchronized (this) {
            if (failure == null) {
                call = null;
            }
            boolean before = ended;
            ended = true;
            if (waiting != null) {
                waiting.cancel(false);
            }
            if (lock != null && call == null) {
                lock.release();
            }
            if (before) {
                return;
            }
        }
        if (stopCause != null) {
            if (failure instanceof AbortException line && failure != stopCause) {
                say(line.getMessage());
            }
            getContext().onFailure(stopCause);
        } else if (failure != null) {
            getContext().onFailure(failure);
        } else {
            getContext().onSuccess(result);
        }
    }

    private void say(String line) {
        try {
            getContext().get(TaskListener.class).getLogger().println(line);
        } catch (IOException | InterruptedException e) {
            LOGGER.log(Level.FINE, e, () -> "Cannot log: " + line);
        }
    }

    @Override
    public void stop(Throwable cause) {
        AgentCall<T> underWay;
        FilePath there;
        boolean again;
        synchronized (this) {
            again = stopCause != null;
            stopCause = cause;
            underWay = call;
            there = place;
        }
        getContext().saveState();
        if (underWay == null) {
            end(cause);
        } else if (!again) {
            Computer.threadPoolForRemoting.execute(() -> cancel(underWay, there, cause));
            Duration farewell = SystemProperties.getDuration(FAREWELL, ChronoUnit.SECONDS, DEFAULT_FAREWELL);
            Timer.get().schedule(() -> end(cause), farewell.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private void cancel(AgentCall<T> underWay, FilePath there, Throwable cause) {
        try {
            there.getChannel().callAsync(underWay.cancel());
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.FINE, e, () -> "Cannot tell " + agent + " to stop");
            end(cause);
        }
    }

    @Override
    public synchronized String getStatus() {
        return (call == null ? "waiting for " : "running on ") + agent;
    }
}
