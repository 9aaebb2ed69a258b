package io.jenkins.plugins.dockerpromotion.demo;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A process with all that it starts; one of these may live on when the first has ended. */
final class ProcessTree implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 15;

    private final Process root;
    private final Set<ProcessHandle> members = new LinkedHashSet<>();

    ProcessTree(Process root) {
        this.root = root;
    }

    /** Whether the first process runs; to be asked every now and then, for that is when the others are noticed. */
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
