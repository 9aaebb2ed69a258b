package io.jenkins.plugins.dockerpromotion.steps;

import hudson.model.Computer;
import hudson.model.Executor;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostException;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostPolicy;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostPruner;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jenkins.model.Jenkins;
import jenkins.security.MasterToSlaveCallable;
import org.jenkinsci.plugins.docker.commons.fingerprint.DockerFingerprintAction;

/**
 * Finds out what builds of this controller may be using on a Docker host: builds on the same node, on nodes with the
 * same daemon, and on nodes that do not answer. A Pipeline counts while it is inside a {@code node} block.
 */
final class RunningBuilds {

    /**
     * For all nodes together, which are asked in parallel. A node that does not answer counts as sharing the daemon.
     */
    private static final long PATIENCE_SECONDS = 5;

    private RunningBuilds() {}

    private record Running(Computer computer, Instant since, Set<String> images) {}

    /**
     * @param asking the build that prunes, whose own images stay, too
     * @param here the node that it prunes
     * @param environment the variables that locate the daemon there
     */
    static HostPolicy.Busy busyWith(Run<?, ?> asking, Computer here, Map<String, String> environment)
            throws InterruptedException {
        List<Running> all = running();
        Set<Computer> others = new HashSet<>();
        all.forEach(running -> others.add(running.computer));
        others.remove(here);
        others.removeAll(withOtherDaemon(here, environment, others));
        Instant since = Instant.ofEpochMilli(asking.getStartTimeInMillis());
        Set<String> images = new HashSet<>(imagesOf(asking));
        for (Running running : all) {
            if (running.computer.equals(here) || others.contains(running.computer)) {
                images.addAll(running.images);
                since = running.since.isBefore(since) ? running.since : since;
            }
        }
        return new HostPolicy.Busy(since, Instant.now(), images);
    }

    private static List<Running> running() {
        List<Running> all = new ArrayList<>();
        for (Computer computer : Jenkins.get().getComputers()) {
            for (Executor executor : computer.getExecutors()) {
                Queue.Executable executable = executor.getCurrentExecutable();
                if (executable != null) {
                    Optional<Run<?, ?>> run = runOf(executable);
                    all.add(new Running(
                            computer,
                            run.map(r -> Instant.ofEpochMilli(r.getStartTimeInMillis()))
                                    .orElseGet(() -> Instant.now().minusMillis(executor.getElapsedTime())),
                            run.map(RunningBuilds::imagesOf).orElse(Set.of())));
                }
            }
        }
        return all;
    }

    private static Set<Computer> withOtherDaemon(Computer here, Map<String, String> environment, Set<Computer> others)
            throws InterruptedException {
        if (others.isEmpty()) {
            return Set.of();
        }
        Map<Computer, Future<String>> asked = new HashMap<>();
        for (Computer computer : others) {
            ask(computer, Map.of()).ifPresent(answer -> asked.put(computer, answer));
        }
        Optional<Future<String>> own = ask(here, environment);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        Optional<String> daemon = own.isPresent() ? answer(own.get(), deadline) : Optional.empty();
        Set<Computer> different = new HashSet<>();
        for (Map.Entry<Computer, Future<String>> other : asked.entrySet()) {
            Optional<String> answer = answer(other.getValue(), deadline);
            if (daemon.isPresent() && answer.isPresent() && !answer.equals(daemon)) {
                different.add(other.getKey());
            }
        }
        return different;
    }

    private static Optional<Future<String>> ask(Computer computer, Map<String, String> environment) {
        VirtualChannel channel = computer.getChannel();
        try {
            return channel == null ? Optional.empty() : Optional.of(channel.callAsync(new DaemonId(environment)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> answer(Future<String> asked, long deadline) throws InterruptedException {
        try {
            return Optional.of(asked.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS));
        } catch (ExecutionException e) {
            return Optional.empty();
        } catch (TimeoutException e) {
            asked.cancel(true);
            return Optional.empty();
        }
    }

    /** Returns the id of the daemon that a node's docker client uses; empty without a docker client. */
    private static final class DaemonId extends MasterToSlaveCallable<String, HostException> {

        private static final long serialVersionUID = 1L;

        private final HashMap<String, String> environment;

        DaemonId(Map<String, String> environment) {
            this.environment = new HashMap<>(environment);
        }

        @Override
        public String call() throws HostException {
            try {
                return HostPruner.daemonId(environment).orElse("");
            } catch (InterruptedException e) {
                throw new HostException("interrupted");
            }
        }
    }

    /** A {@code node} block has its own executable, whose parent is the build. */
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
