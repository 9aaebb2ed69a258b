package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.FilePath;
import hudson.model.Computer;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.dockerpromotion.agent.AgentCall;
import io.jenkins.plugins.dockerpromotion.agent.LateAnswer;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * Runs one operation on the agent of the enclosing {@code node} block. The operation is made anew whenever it is sent,
 * so nothing secret is written with the build; it can be repeated, so a restart of the controller just sends it again
 * once the agent is back.
 *
 * @param <T> what comes back from the agent
 */
abstract class AgentStepExecution<T extends Serializable> extends StepExecution {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(AgentStepExecution.class.getName());

    /** An aborted operation may take this long to put back what it changed; the build does not wait longer. */
    private static final long FAREWELL_SECONDS = 20;

    private final UUID id = UUID.randomUUID();
    private AgentPlace workspace;
    private volatile Throwable stopCause;

    private transient volatile FilePath place;
    private transient volatile AgentCall<T> call;
    private transient volatile CompletableFuture<FilePath> waiting;
    private transient volatile Turn turn;
    private transient volatile boolean ended;

    AgentStepExecution(StepContext context) {
        super(context);
    }

    /** What the step does, behind "cannot" in an error: {@code promote technolog/serviceone:2017.2.103}. */
    abstract String phrase();

    /**
     * Makes the operation, and says in one line of the log what it will do.
     *
     * @throws IllegalArgumentException in one line, if a parameter makes no sense
     */
    abstract Operation<T> operation(Run<?, ?> run, TaskListener listener) throws IOException, InterruptedException;

    /** Says in one line of the log what came out, and turns it into what the Jenkinsfile gets. */
    abstract Object conclude(T outcome, Run<?, ?> run, TaskListener listener) throws IOException, InterruptedException;

    /** Takes note of a failure of the operation, or of its end by an abort; says nothing in the log. */
    void failed(Throwable failure, Run<?, ?> run) throws IOException {}

    /** What only one step of this controller may change at a time, by name: others wait for their turn. */
    Collection<String> exclusive() {
        return List.of();
    }

    /** Of this one step of the build: the same before and after a restart. */
    final UUID id() {
        return id;
    }

    /** Where the operation runs, for people. */
    final String agent() {
        return workspace.toString();
    }

    @Override
    public final boolean start() throws Exception {
        FilePath here = getContext().get(FilePath.class);
        workspace = AgentPlace.of(here);
        send(here);
        return false;
    }

    @Override
    public final void onResume() {
        if (stopCause != null) {
            fail(stopCause);
            return;
        }
        awaitAgent(new AbortException("after the restart of Jenkins it did not come back"));
    }

    /** @param why the agent is away */
    private void awaitAgent(Throwable why) {
        CompletableFuture<FilePath> back = workspace.await();
        waiting = back;
        if (ended) {
            back.cancel(false);
        }
        back.whenComplete((there, away) -> {
            if (away == null) {
                send(there);
            } else {
                fail(StepFailure.agentLost(phrase(), workspace, why));
            }
        });
    }

    private void send(FilePath there) {
        Computer.threadPoolForRemoting.execute(() -> {
            try {
                if (turn != null) {
                    ask(there);
                    return;
                }
                turn = new Turn(exclusive(), () -> ask(there));
                if (!turn.begin()) {
                    say("Waiting to " + phrase() + ": another build is changing one of the same tags");
                }
            } catch (Throwable e) {
                brokeOff(null, e);
            }
        });
    }

    private void ask(FilePath there) {
        Run<?, ?> run = null;
        try {
            run = getContext().get(Run.class);
            TaskListener listener = getContext().get(TaskListener.class);
            AgentCall<T> sent = new AgentCall<>(
                    id,
                    operation(run, listener),
                    DockerPromotionConfiguration.get().network(),
                    listener);
            place = there;
            call = sent;
            if (stopCause == null) {
                await(LateAnswer.to(there.getChannel(), sent), run, listener);
            } else {
                fail(stopCause);
            }
        } catch (Throwable e) {
            // Also of a class that cannot be loaded over there: whatever it is, the build must not wait for ever.
            brokeOff(run, e);
        }
    }

    private void await(CompletableFuture<T> answer, Run<?, ?> run, TaskListener listener) {
        answer.whenComplete((outcome, failure) -> {
            try {
                if (failure != null) {
                    throw failure;
                }
                succeed(conclude(outcome, run, listener));
            } catch (Throwable e) {
                brokeOff(run, e);
            }
        });
    }

    private void brokeOff(Run<?, ?> run, Throwable e) {
        call = null;
        takeNote(e, run);
        sendingFailed(e);
    }

    private void takeNote(Throwable failure, Run<?, ?> run) {
        if (run != null) {
            try {
                failed(failure, run);
            } catch (IOException | RuntimeException e) {
                LOGGER.log(Level.WARNING, e, () -> "Cannot take note of a failure in " + run);
            }
        }
    }

    private void sendingFailed(Throwable e) {
        if (stopCause != null || !StepFailure.isAgentLost(e)) {
            fail(StepFailure.explained(phrase(), e));
        } else if (!AgentPlace.isJenkinsEnding()) {
            say("Lost " + workspace + "; waiting for it to come back");
            awaitAgent(e);
        }
    }

    final void say(String line) {
        try {
            getContext().get(TaskListener.class).getLogger().println(line);
        } catch (IOException | InterruptedException e) {
            LOGGER.log(Level.FINE, e, () -> "Cannot log: " + line);
        }
    }

    /** Whether the step had not ended yet; now it has. */
    private synchronized boolean end() {
        boolean first = !ended;
        ended = true;
        if (waiting != null) {
            waiting.cancel(false);
        }
        if (turn != null) {
            turn.end();
        }
        return first;
    }

    private void succeed(Object result) {
        if (end()) {
            if (stopCause == null) {
                getContext().onSuccess(result);
            } else {
                getContext().onFailure(stopCause);
            }
        }
    }

    private void fail(Throwable reason) {
        if (end()) {
            if (stopCause == null) {
                getContext().onFailure(reason);
                return;
            }
            if (reason instanceof AbortException && reason != stopCause) {
                say(reason.getMessage());
            }
            getContext().onFailure(stopCause);
        }
    }

    @Override
    public final void stop(Throwable cause) {
        boolean again = stopCause != null;
        stopCause = cause;
        getContext().saveState();
        AgentCall<T> underWay = call;
        if (underWay == null) {
            fail(cause);
        } else if (!again) {
            Computer.threadPoolForRemoting.execute(() -> {
                try {
                    place.act(underWay.cancel());
                } catch (IOException | InterruptedException | RuntimeException e) {
                    LOGGER.log(Level.FINE, e, () -> "Cannot tell " + workspace + " to stop");
                    fail(cause);
                }
            });
            Timer.get().schedule(() -> fail(cause), FAREWELL_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public String getStatus() {
        return (call == null ? "waiting for " : "running on ") + workspace;
    }
}
