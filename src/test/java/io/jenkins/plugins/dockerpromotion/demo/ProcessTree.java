package io.jenkins.plugins.dockerpromotion.demo;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A process with its descendants, some of which may outlive it. */
final class ProcessTree implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 15;

    private final Process root;
    private final Set<ProcessHandle> members = new LinkedHashSet<>();

    ProcessTree(Process root) {
        this.root = root;
    }

    /** Returns whether the root process is alive. Call this regularly: it also registers new descendants. */
    synchronized boolean isAlive() {
        root.descendants().forEach(members::add);
        members.add(root.toHandle());
        return root.isAlive();
    }

    @Override
    public synchronized void close() {
        isAlive();
        members.forEach(ProcessHandle::destroy);
        members.forEach(ProcessTree::end);
    }

    private static void end(ProcessHandle member) {
        try {
            member.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            member.destroyForcibly();
        }
    }
}
