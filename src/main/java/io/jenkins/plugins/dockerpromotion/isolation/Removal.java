package io.jenkins.plugins.dockerpromotion.isolation;

import hudson.FilePath;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.dockerpromotion.agent.Latest;
import java.io.File;
import java.io.IOException;
import java.util.Set;
import jenkins.MasterToSlaveFileCallable;

/** Removes a directory, for good: a {@link Creation} that was given up, but is still on its way, makes nothing. */
final class Removal extends MasterToSlaveFileCallable<Void> {

    private static final long serialVersionUID = 1L;

    /** On the agent: the latest directories that were removed there. */
    static final Set<String> REMOVED = Latest.of(1000);

    @Override
    public Void invoke(File directory, VirtualChannel channel) throws IOException, InterruptedException {
        synchronized (REMOVED) {
            REMOVED.add(directory.getName());
            // Follows no symbolic link, neither this directory nor one in it.
            new FilePath(directory).deleteRecursive();
        }
        return null;
    }
}
