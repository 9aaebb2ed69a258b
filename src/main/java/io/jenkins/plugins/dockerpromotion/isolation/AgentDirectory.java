package io.jenkins.plugins.dockerpromotion.isolation;

import hudson.AbortException;
import hudson.FilePath;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigDirectory;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest;
import java.io.File;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import jenkins.MasterToSlaveFileCallable;

/**
 * Creates and removes a directory on its agent. A removal is permanent: a creation that was cancelled, but arrives later,
 * creates nothing.
 */
final class AgentDirectory {

    /** The last thousand directories that were removed on this agent. */
    private static final Set<String> REMOVED = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > 1000;
        }
    });

    private AgentDirectory() {}

    /** Sent over the channel once, with the secrets. */
    static final class Creation extends MasterToSlaveFileCallable<ConfigDirectory.Created> {

        private static final long serialVersionUID = 1L;

        private final ConfigRequest request;

        Creation(ConfigRequest request) {
            this.request = request;
        }

        @Override
        public ConfigDirectory.Created invoke(File directory, VirtualChannel channel)
                throws IOException, InterruptedException {
            synchronized (REMOVED) {
                if (REMOVED.contains(directory.getName())) {
                    throw new AbortException("The Docker configuration is no longer needed");
                }
                // Removes an earlier attempt, for example from before a restart.
                new FilePath(directory).deleteRecursive();
                try {
                    return ConfigDirectory.create(directory.toPath(), request);
                } catch (IOException | IllegalArgumentException e) {
                    // This exception keeps its type on the channel, and is shown without a stack trace.
                    throw new AbortException(e.getMessage());
                }
            }
        }
    }

    /** Does not follow symbolic links, neither for this directory nor inside it. */
    static final class Removal extends MasterToSlaveFileCallable<Void> {

        private static final long serialVersionUID = 1L;

        @Override
        public Void invoke(File directory, VirtualChannel channel) throws IOException, InterruptedException {
            synchronized (REMOVED) {
                REMOVED.add(directory.getName());
                new FilePath(directory).deleteRecursive();
            }
            return null;
        }
    }
}
