package io.jenkins.plugins.dockerpromotion.isolation;

import hudson.AbortException;
import hudson.FilePath;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigDirectory;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest;
import java.io.File;
import java.io.IOException;
import jenkins.MasterToSlaveFileCallable;

/** Creates a directory with logins on the agent. Sent over the channel once, with the secrets. */
final class Creation extends MasterToSlaveFileCallable<ConfigDirectory.Created> {

    private static final long serialVersionUID = 1L;

    private final ConfigRequest request;

    Creation(ConfigRequest request) {
        this.request = request;
    }

    @Override
    public ConfigDirectory.Created invoke(File directory, VirtualChannel channel)
            throws IOException, InterruptedException {
        synchronized (Removal.REMOVED) {
            if (Removal.REMOVED.contains(directory.getName())) {
                throw new AbortException("The Docker configuration is no longer needed");
            }
            // Removes an earlier attempt, for example from before a restart.
            new FilePath(directory).deleteRecursive();
            return create(directory);
        }
    }

    private ConfigDirectory.Created create(File directory) throws AbortException {
        try {
            return ConfigDirectory.create(directory.toPath(), request);
        } catch (IOException | IllegalArgumentException e) {
            // This exception keeps its type on the channel, and is shown without a stack trace.
            throw new AbortException(e.getMessage());
        }
    }
}
