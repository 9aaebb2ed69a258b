package io.jenkins.plugins.dockerpromotion.isolation;

import hudson.AbortException;
import hudson.FilePath;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigDirectory;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest;
import java.io.File;
import java.io.IOException;
import jenkins.MasterToSlaveFileCallable;

/** Makes a directory with logins in it. Crosses the channel with the secrets, once. */
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
            // Whatever there is of it when this is done again, after a restart say.
            new FilePath(directory).deleteRecursive();
            return create(directory);
        }
    }

    private ConfigDirectory.Created create(File directory) throws AbortException {
        try {
            return ConfigDirectory.create(directory.toPath(), request);
        } catch (IOException | IllegalArgumentException e) {
            // Arrives as it is, and is shown without a stack trace.
            throw new AbortException(e.getMessage());
        }
    }
}
