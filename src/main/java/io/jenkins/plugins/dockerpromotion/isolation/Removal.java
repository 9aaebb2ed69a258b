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

/** Removes a directory permanently: a {@link Creation} that was cancelled, but arrives later, creates nothing. */
final class Removal extends MasterToSlaveFileCallable<Void> {

    private static final long serialVersionUID = 1L;

    /** The last thousand directories that were removed on this agent. */
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
            // Does not follow symbolic links, neither for this directory nor inside it.
            new FilePath(directory).deleteRecursive();
        }
        return null;
    }
}
