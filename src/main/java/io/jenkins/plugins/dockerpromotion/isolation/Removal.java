package io.jenkins.plugins.dockerpromotion.isolation;

import hudson.FilePath;
import hudson.remoting.VirtualChannel;
import java.io.File;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import jenkins.MasterToSlaveFileCallable;

/** Removes a directory, for good: a {@link Creation} that was given up, but is still on its way, makes nothing. */
final class Removal extends MasterToSlaveFileCallable<Void> {

    private static final long serialVersionUID = 1L;

    /** On the agent: the latest directories that were removed there, a thousand at most. */
    static final Set<String> REMOVED = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > 1000;
        }
    });

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
