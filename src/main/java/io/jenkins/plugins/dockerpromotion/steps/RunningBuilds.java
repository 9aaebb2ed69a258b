package io.jenkins.plugins.dockerpromotion.steps;

import hudson.model.Computer;
import hudson.model.Executor;
import hudson.model.Queue;
import hudson.model.Run;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostPolicy;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.docker.commons.fingerprint.DockerFingerprintAction;

/**
 * What builds of this controller may be using on a Docker host. All nodes count, since agents may share a daemon without
 * the controller knowing; a Pipeline counts while it is in a {@code node} block, not while it waits outside of one.
 */
final class RunningBuilds {

    private RunningBuilds() {}

    /** @param asking the build that is going to prune, whose own images stay as well */
    static HostPolicy.Busy busyWith(Run<?, ?> asking) {
        Instant since = Instant.ofEpochMilli(asking.getStartTimeInMillis());
        Set<String> images = new HashSet<>(imagesOf(asking));
        for (Computer computer : Jenkins.get().getComputers()) {
            for (Executor executor : computer.getExecutors()) {
                Queue.Executable executable = executor.getCurrentExecutable();
                if (executable == null) {
                    continue;
                }
                Optional<Run<?, ?>> run = runOf(executable);
                images.addAll(run.map(RunningBuilds::imagesOf).orElse(Set.of()));
                Instant began = run.map(r -> Instant.ofEpochMilli(r.getStartTimeInMillis()))
                        .orElseGet(() -> Instant.now().minusMillis(executor.getElapsedTime()));
                since = began.isBefore(since) ? began : since;
            }
        }
        return new HostPolicy.Busy(since, Instant.now(), images);
    }

    /** A {@code node} block is run by something of its own, whose parent is the build. */
    private static Optional<Run<?, ?>> runOf(Queue.Executable executable) {
        for (Queue.Executable each = executable; each != null; each = each.getParentExecutable()) {
            if (each instanceof Run<?, ?> run) {
                return Optional.of(run);
            }
        }
        return Optional.empty();
    }

    private static Set<String> imagesOf(Run<?, ?> run) {
        Set<String> images = new HashSet<>();
        run.getActions(DockerFingerprintAction.class).forEach(action -> images.addAll(action.getImageIDs()));
        return images;
    }
}
