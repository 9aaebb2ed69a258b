package io.jenkins.plugins.dockerpromotion.steps;

import hudson.FilePath;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jenkins.model.Jenkins;
import jenkins.util.SystemProperties;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.FilePathUtils;

/** A directory on an agent that can be found again after the agent reconnects. */
final class AgentPlace implements Serializable {

    private static final long serialVersionUID = 1L;

    /** In seconds. Can be set by administrators whose agents take longer to reconnect, and by tests. */
    static final String PATIENCE = AgentPlace.class.getName() + ".patience";

    /** As long as Pipeline itself waits for a disconnected agent. */
    private static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(5);

    /** How often to look for a disconnected agent. */
    private static final long POLL_MILLIS = 500;

    /** The name of the agent; empty for the built-in node. */
    private final String node;

    private final String path;

    private AgentPlace(String node, String path) {
        this.node = node;
        this.path = path;
    }

    static AgentPlace of(FilePath here) {
        return new AgentPlace(FilePathUtils.getNodeName(here), here.getRemote());
    }

    /** The agent in words: {@code the agent linux-1}. */
    @Override
    public String toString() {
        return node.isEmpty() ? "the built-in node" : "the agent " + node;
    }

    /** Whether Jenkins is shutting down; the build and its waiting steps resume after the restart. */
    static boolean isJenkinsEnding() {
        Jenkins jenkins = Jenkins.getInstanceOrNull();
        return jenkins == null || jenkins.isTerminating();
    }

    /**
     * Waits for the agent without holding a thread, because many builds may wait for many agents after a restart. Fails
     * with a {@link TimeoutException} if the agent does not reconnect in time; never completes if Jenkins shuts down
     * first. Cancel the future to stop waiting.
     */
    CompletableFuture<FilePath> await() {
        Duration patience = SystemProperties.getDuration(PATIENCE, ChronoUnit.SECONDS, DEFAULT_PATIENCE);
        CompletableFuture<FilePath> back = new CompletableFuture<>();
        poll(back, Instant.now().plus(patience));
        return back;
    }

    private void poll(CompletableFuture<FilePath> back, Instant deadline) {
        if (back.isDone() || isJenkinsEnding()) {
            return;
        }
        Optional<FilePath> here = Optional.ofNullable(FilePathUtils.find(node, path));
        if (here.isPresent()) {
            back.complete(here.get());
        } else if (Instant.now().isAfter(deadline)) {
            back.completeExceptionally(new TimeoutException());
        } else {
            Timer.get().schedule(() -> poll(back, deadline), POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
