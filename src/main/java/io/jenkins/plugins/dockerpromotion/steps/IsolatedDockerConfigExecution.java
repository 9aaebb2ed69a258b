package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.model.Computer;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.slaves.WorkspaceList;
import io.jenkins.plugins.dockerpromotion.credentials.BuildSecrets;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigDirectory;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest;
import io.jenkins.plugins.dockerpromotion.dockerconfig.RegistryKey;
import io.jenkins.plugins.dockerpromotion.isolation.IsolatedDirectories;
import io.jenkins.plugins.dockerpromotion.isolation.IsolatedDirectory;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * Creates the directory, runs the block, and removes the directory.
 *
 * <p>The directory is removed however the block ends. Therefore this class does not use the usual helpers for
 * background steps: these skip the cleanup after the block if the step has been stopped, and interrupt the cleanup if
 * it is stopped then.
 */
final class IsolatedDockerConfigExecution extends StepExecution {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(IsolatedDockerConfigExecution.class.getName());

    /** The action, as in "Cannot create a Docker configuration". */
    private static final String PHRASE = "create a Docker configuration";

    /** The variables that locate the existing configuration. */
    private static final Set<String> INHERITED =
            Set.of("HOME", "USERPROFILE", ConfigDirectory.DOCKER_CONFIG, "BUILDX_CONFIG", "DOCKER_AUTH_CONFIG");

    private enum Phase {
        ENTERING,
        INSIDE,
        LEAVING
    }

    private static final CompletableFuture<FilePath> NOW = CompletableFuture.completedFuture(null);

    /** Time limit for an agent to remove a few files, in seconds. */
    private static final int REMOVAL_SECONDS = 30;

    /** The time limit after an abort, which should be quick. */
    private static final int HURRIED_REMOVAL_SECONDS = 5;

    private final IsolatedDockerConfigStep step;
    private final UUID id = UUID.randomUUID();
    private final String directory = IsolatedDirectory.nameFor(id);

    private AgentPlace workspace;
    private Phase phase = Phase.ENTERING;
    private BodyExecution body;
    private Serializable result;
    private Throwable failure;
    private Throwable stopCause;

    private transient CompletableFuture<FilePath> waiting;
    private transient Thread worker;
    private transient CompletableFuture<Void> removal;

    IsolatedDockerConfigExecution(IsolatedDockerConfigStep step, StepContext context) {
        super(context);
        this.step = step;
    }

    @Override
    public boolean start() throws IOException, InterruptedException {
        workspace = AgentPlace.of(getContext().get(FilePath.class));
        enter(new AbortException("it is not connected"));
        return false;
    }

    /** Continues after a restart of the controller; repeats the current action, unless the block is running. */
    @Override
    public synchronized void onResume() {
        switch (phase) {
            case ENTERING -> enter(new AbortException("it did not reconnect after the restart of Jenkins"));
            case INSIDE -> {
                if (stopCause != null) {
                    body.cancel(stopCause);
                }
            }
            case LEAVING -> leave(result, failure, stopCause == null ? workspace.await() : NOW);
        }
    }

    /** Does not end the step itself: the directory must be removed first. */
    @Override
    public void stop(Throwable cause) {
        BodyExecution running;
        synchronized (this) {
            stopCause = cause;
            running = phase == Phase.LEAVING ? null : body;
            if (worker != null) {
                worker.interrupt();
            }
        }
        getContext().saveState();
        if (running == null) {
            stopWaiting();
        } else {
            running.cancel(cause);
        }
    }

    /** The directory is still removed, but the build does not wait for it. */
    private void stopWaiting() {
        CompletableFuture<?> agent;
        CompletableFuture<?> gone;
        synchronized (this) {
            agent = waiting;
            gone = removal;
        }
        if (agent != null) {
            agent.cancel(false);
        }
        if (gone != null) {
            gone.completeExceptionally(new TimeoutException());
        }
    }

    @Override
    public synchronized String getStatus() {
        return switch (phase) {
            case ENTERING -> "creating a Docker configuration";
            case INSIDE -> "running the block";
            case LEAVING -> "removing the Docker configuration";
        };
    }

    /** @param why the agent is not available, if so */
    private synchronized void enter(Throwable why) {
        waiting = workspace.await();
        if (stopCause != null) {
            waiting.cancel(false);
        }
        waiting.whenCompleteAsync(
                (here, away) -> {
                    if (away == null) {
                        make(here);
                    } else {
                        giveUp(StepFailure.agentLost(PHRASE, workspace, why));
                    }
                },
                Computer.threadPoolForRemoting);
    }

    private void make(FilePath here) {
        try {
            synchronized (this) {
                if (stopCause != null) {
                    throw new InterruptedException();
                }
                worker = Thread.currentThread();
            }
            begin(here);
        } catch (Throwable e) {
            synchronized (this) {
                worker = null;
            }
            // Caused by stop().
            Thread.interrupted();
            if (!StepFailure.isAgentLost(e)) {
                giveUp(e);
            } else if (!AgentPlace.isJenkinsEnding()) {
                say("Lost " + workspace + "; waiting for it to reconnect");
                enter(e);
            }
        }
    }

    private void giveUp(Throwable reason) {
        Throwable stopped;
        synchronized (this) {
            stopped = stopCause;
        }
        leave(null, stopped == null ? reason : stopped, NOW);
    }

    private void begin(FilePath here) throws IOException, InterruptedException {
        BodyInvoker block = getContext()
                .newBodyInvoker()
                .withContext(EnvironmentExpander.merge(
                        getContext().get(EnvironmentExpander.class), EnvironmentExpander.constant(create(here))))
                .withCallback(new AroundBlock(this));
        synchronized (this) {
            worker = null;
            if (stopCause != null) {
                throw new InterruptedException();
            }
            body = block.start();
        }
    }

    /** Creates the directory with the logins; returns the variables through which clients find it. */
    private Map<String, String> create(FilePath here) throws IOException, InterruptedException {
        StepRun run = StepRun.of(getContext(), id);
        Map<RegistryKey, RegistryAuthentication> logins = step.logins(run);
        // For scripts that read the file.
        BuildSecrets.mask(
                run.build(),
                logins.values().stream()
                        .flatMap(login -> login.secrets().stream())
                        .toList());
        FilePath temporary = WorkspaceList.tempDir(here);
        if (temporary == null) {
            throw new AbortException("Cannot " + PHRASE + ": the workspace " + here.getRemote()
                    + " is the root of a file system, so there is no place for temporary files next to it; use"
                    + " another workspace.");
        }
        EnvVars all = run.environment();
        Map<String, String> environment =
                INHERITED.stream().filter(all::containsKey).collect(Collectors.toMap(Function.identity(), all::get));
        ConfigDirectory.Created created = IsolatedDirectories.get()
                .make(
                        IsolatedDirectory.of(temporary, directory, run.build()),
                        temporary.child(directory),
                        new ConfigRequest(
                                step.inheritance(),
                                temporary.getName().substring(here.getName().length()),
                                environment,
                                logins));
        created.warnings().forEach(run::say);
        run.say("Using an isolated Docker configuration in "
                + created.variables().get(ConfigDirectory.DOCKER_CONFIG) + ", " + loggedIn(logins));
        return created.variables();
    }

    private static String loggedIn(Map<RegistryKey, RegistryAuthentication> logins) {
        String hosts = logins.entrySet().stream()
                .filter(login -> !login.getValue().equals(RegistryAuthentication.ANONYMOUS))
                .map(login -> login.getKey().host())
                .collect(Collectors.joining(", "));
        return hosts.isEmpty() ? "no registry logged in" : "logged in to " + hosts;
    }

    /** In the Pipeline's thread, so that the saved state of the build is always consistent with the block. */
    private synchronized void inside() {
        phase = Phase.INSIDE;
    }

    /** @param ready completes when the directory can be removed */
    private synchronized void leave(Object blockResult, Throwable blockFailure, CompletableFuture<FilePath> ready) {
        boolean entered = phase != Phase.ENTERING;
        phase = Phase.LEAVING;
        result = blockResult instanceof Serializable serializable ? serializable : null;
        failure = blockFailure;
        waiting = ready;
        removal = new CompletableFuture<>();
        CompletableFuture<Void> gone = removal;
        ready.whenCompleteAsync((here, away) -> remove(gone), Computer.threadPoolForRemoting);
        gone.whenCompleteAsync(
                (ok, problem) -> {
                    if (problem != null) {
                        warn(problem);
                    } else if (entered) {
                        say("Removed the Docker configuration " + directory);
                    }
                    report(blockResult);
                },
                Computer.threadPoolForRemoting);
    }

    private void remove(CompletableFuture<Void> gone) {
        boolean hurried;
        synchronized (this) {
            hurried = stopCause != null;
        }
        gone.orTimeout(hurried ? HURRIED_REMOVAL_SECONDS : REMOVAL_SECONDS, TimeUnit.SECONDS);
        try {
            IsolatedDirectories.get().remove(directory);
            gone.complete(null);
        } catch (Throwable e) {
            if (!gone.completeExceptionally(e)) {
                LOGGER.log(Level.WARNING, e, () -> "Could not remove " + directory + " of " + getContext());
            }
        }
    }

    private void report(Object blockResult) {
        Throwable reason;
        synchronized (this) {
            reason = failure != null ? failure : stopCause;
        }
        if (reason == null) {
            getContext().onSuccess(blockResult);
        } else {
            getContext().onFailure(reason);
        }
    }

    private void warn(Throwable problem) {
        String why = problem instanceof TimeoutException ? "the agent has not answered yet" : problem.getMessage();
        say("Cannot remove the Docker configuration " + directory + " yet: " + why
                + "; it contains logins, and will be removed when the agent reconnects.");
    }

    /** The cause of the build's end is stored as is, so it must be serializable. */
    private Throwable masked(Throwable t) {
        try {
            return BuildSecrets.masked(getContext().get(Run.class), t);
        } catch (IOException | InterruptedException e) {
            return new AbortException("the block failed with " + t.getClass().getName());
        }
    }

    private void say(String line) {
        try {
            getContext().get(TaskListener.class).getLogger().println(line);
        } catch (IOException | InterruptedException e) {
            LOGGER.log(Level.WARNING, e, () -> "Cannot log for " + getContext() + ": " + line);
        }
    }

    /** Follows the block: its start, and its end, however it ended. */
    private static final class AroundBlock extends BodyExecutionCallback {

        private static final long serialVersionUID = 1L;

        private final IsolatedDockerConfigExecution execution;

        AroundBlock(IsolatedDockerConfigExecution execution) {
            this.execution = execution;
        }

        @Override
        public void onStart(StepContext context) {
            execution.inside();
        }

        @Override
        public void onSuccess(StepContext context, Object result) {
            execution.leave(result, null, NOW);
        }

        @Override
        public void onFailure(StepContext context, Throwable t) {
            execution.leave(null, execution.masked(t), NOW);
        }
    }
}
