package io.jenkins.plugins.dockerpromotion.steps;

import hudson.console.ConsoleLogFilter;
import hudson.model.Computer;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dockerpromotion.credentials.MaskingConsoleLogFilter;
import io.jenkins.plugins.dockerpromotion.credentials.SecretMasker;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigDirectory;
import io.jenkins.plugins.dockerpromotion.dockerconfig.RegistryKey;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.springframework.security.core.Authentication;

/**
 * Makes the directory, runs the block, removes the directory.
 *
 * <p>The directory is removed on every way out. That is why this does not build on the usual helpers for steps that
 * work in the background: those skip what comes after the block when the step itself has been stopped, and interrupt
 * it when it is stopped meanwhile.
 */
final class IsolatedDockerConfigExecution extends StepExecution {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(IsolatedDockerConfigExecution.class.getName());

    private enum Phase {
        ENTERING,
        INSIDE,
        LEAVING
    }

    private final IsolatedDockerConfigStep step;
    private final IsolatedDirectory directory = new IsolatedDirectory();

    private Phase phase = Phase.ENTERING;
    private BodyExecution body;
    private Serializable result;
    private Throwable failure;
    private Throwable stopCause;

    private transient Thread worker;
    private transient CompletableFuture<Void> removal;

    IsolatedDockerConfigExecution(IsolatedDockerConfigStep step, StepContext context) {
        super(context);
        this.step = step;
    }

    @Override
    public boolean start() {
        Authentication user = Jenkins.getAuthentication2();
        Computer.threadPoolForRemoting.execute(() -> {
            try (ACLContext ignored = ACL.as2(user)) {
                enter();
            }
        });
        return false;
    }

    /** Goes on where the controller stopped; what was under way is done again, and a running block needs nothing. */
    @Override
    public void onResume() {
        directory.controllerRestarted();
        Phase before;
        Object blockResult;
        Throwable blockFailure;
        synchronized (this) {
            before = phase;
            blockResult = result;
            blockFailure = failure;
        }
        if (before == Phase.ENTERING) {
            start();
        } else if (before == Phase.LEAVING) {
            leave(blockResult, blockFailure);
        }
    }

    /** Never ends the step itself: the directory has to go first. */
    @Override
    public void stop(Throwable cause) {
        BodyExecution running = null;
        synchronized (this) {
            stopCause = cause;
            if (phase == Phase.INSIDE) {
                running = body;
            } else if (phase == Phase.LEAVING && removal != null) {
                // The removal goes on, but nobody waits for it any longer.
                removal.completeExceptionally(new TimeoutException());
            } else if (worker != null) {
                worker.interrupt();
            }
        }
        if (running != null) {
            running.cancel(cause);
        }
    }

    @Override
    public synchronized String getStatus() {
        return switch (phase) {
            case ENTERING -> "making a Docker configuration";
            case INSIDE -> "running the block";
            case LEAVING -> "removing the Docker configuration";
        };
    }

    private void enter() {
        synchronized (this) {
            worker = Thread.currentThread();
        }
        try {
            run();
        } catch (Throwable e) {
            Throwable reason;
            synchronized (this) {
                worker = null;
                reason = stopCause != null ? stopCause : e;
            }
            // Of the interruption by stop().
            Thread.interrupted();
            leave(null, reason);
        }
    }

    private void run() throws Exception {
        Run<?, ?> run = getContext().get(Run.class);
        Map<RegistryKey, RegistryAuthentication> logins =
                step.logins(run, getContext().get(TaskListener.class));
        Map<String, String> variables = directory.create(getContext(), step.isInherit(), logins);
        SecretMasker masker = SecretMasker.of(logins.values().stream()
                .flatMap(login -> login.secrets().stream())
                .toList());
        getContext().get(TaskListener.class).getLogger().println(summary(logins, variables));
        BodyInvoker block = getContext()
                .newBodyInvoker()
                .withContext(EnvironmentExpander.merge(
                        getContext().get(EnvironmentExpander.class), EnvironmentExpander.constant(variables)))
                .withContext(BodyInvoker.mergeConsoleLogFilters(
                        getContext().get(ConsoleLogFilter.class),
                        new MaskingConsoleLogFilter(masker, run.getCharset())))
                .withCallback(new Leaving(this, masker));
        synchronized (this) {
            worker = null;
            if (stopCause != null) {
                throw new InterruptedException();
            }
            phase = Phase.INSIDE;
        }
        BodyExecution started = block.start();
        Throwable cause;
        synchronized (this) {
            body = started;
            cause = stopCause;
        }
        if (cause != null) {
            started.cancel(cause);
        }
    }

    private static String summary(Map<RegistryKey, RegistryAuthentication> logins, Map<String, String> variables) {
        List<String> hosts = logins.entrySet().stream()
                .filter(login -> !login.getValue().equals(RegistryAuthentication.ANONYMOUS))
                .map(login -> login.getKey().host())
                .toList();
        return "Docker configuration of its own in " + variables.get(ConfigDirectory.DOCKER_CONFIG) + ", "
                + (hosts.isEmpty() ? "no registry logged in" : "logged in to " + String.join(", ", hosts));
    }

    private void leave(Object blockResult, Throwable blockFailure) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        boolean entered;
        synchronized (this) {
            entered = phase != Phase.ENTERING;
            phase = Phase.LEAVING;
            result = blockResult instanceof Serializable serializable ? serializable : null;
            failure = blockFailure;
            removal = done;
        }
        Computer.threadPoolForRemoting.execute(() -> {
            try {
                directory.remove(getContext());
                done.complete(null);
            } catch (Throwable e) {
                if (!done.completeExceptionally(e)) {
                    LOGGER.log(Level.WARNING, e, () -> "Could not remove " + directory + " of " + getContext());
                }
            }
        });
        done.orTimeout(directory.removalSeconds(), TimeUnit.SECONDS)
                .whenCompleteAsync(
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

    private void say(String line) {
        try {
            getContext().get(TaskListener.class).getLogger().println(line);
        } catch (IOException | InterruptedException e) {
            LOGGER.log(Level.FINE, e, () -> "Cannot log: " + line);
        }
    }

    private void warn(Throwable problem) {
        String why = problem instanceof TimeoutException ? "the agent has not answered yet" : problem.getMessage();
        try {
            getContext()
                    .get(TaskListener.class)
                    .error("Cannot remove the Docker configuration " + directory
                            + " from the workspace's folder for temporary files: " + why
                            + "; it holds logins, so remove it if it is still there.");
        } catch (IOException | InterruptedException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not remove " + directory + " of " + getContext());
        }
    }

    /** What comes after the block, whichever way it ended. */
    private static final class Leaving extends BodyExecutionCallback {

        private static final long serialVersionUID = 1L;

        private final IsolatedDockerConfigExecution execution;
        /** An exception is printed outside of the block, where its log filter is no longer at work. */
        private final SecretMasker masker;

        Leaving(IsolatedDockerConfigExecution execution, SecretMasker masker) {
            this.execution = execution;
            this.masker = masker;
        }

        @Override
        public void onSuccess(StepContext context, Object result) {
            execution.leave(result, null);
        }

        @Override
        public void onFailure(StepContext context, Throwable t) {
            execution.leave(null, masker.mask(t));
        }
    }
}
