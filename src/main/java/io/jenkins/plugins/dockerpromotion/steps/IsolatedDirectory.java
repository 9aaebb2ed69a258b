package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.remoting.VirtualChannel;
import hudson.slaves.WorkspaceList;
import io.jenkins.plugins.dockerpromotion.agent.Latest;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigDirectory;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest;
import io.jenkins.plugins.dockerpromotion.dockerconfig.RegistryKey;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import jenkins.MasterToSlaveFileCallable;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The directory of one block, among the temporary files of its workspace. What is kept is its name only, and the place
 * is worked out when it is needed: a path in a build's files could be changed to have something else removed.
 */
final class IsolatedDirectory implements Serializable {

    private static final long serialVersionUID = 1L;

    /** How long to wait for the agent after a restart of the controller, in seconds. */
    private static final int RECONNECTION_SECONDS = 300;

    /** How long an agent may take to remove a few files, in seconds. */
    private static final int REMOVAL_SECONDS = 30;

    private static final List<String> VARIABLES =
            List.of("HOME", "USERPROFILE", ConfigDirectory.DOCKER_CONFIG, "BUILDX_CONFIG", "DOCKER_AUTH_CONFIG");

    /** On the agent: the latest directories that were removed there. */
    private static final Set<String> REMOVED = Latest.of(1000);

    private final String name = "docker-" + UUID.randomUUID();
    private boolean afterRestart;

    /** From now on the agent may need some time to come back. */
    void controllerRestarted() {
        afterRestart = true;
    }

    /** Makes it, with the logins in it, and gives the variables with which clients find it. */
    Map<String, String> create(StepContext context, boolean inherit, Map<RegistryKey, RegistryAuthentication> logins)
            throws IOException, InterruptedException {
        FilePath workspace = workspace(context);
        FilePath temporary = temporary(workspace);
        if (afterRestart) {
            // Whatever there was of it when the controller stopped.
            temporary.child(name).deleteRecursive();
        }
        EnvVars all = context.get(EnvVars.class);
        Map<String, String> environment = new LinkedHashMap<>();
        VARIABLES.stream().filter(all::containsKey).forEach(key -> environment.put(key, all.get(key)));
        String suffix = temporary.getName().substring(workspace.getName().length());
        return temporary.child(name).act(new Creation(new ConfigRequest(inherit, suffix, environment, logins)));
    }

    /** How long to wait for {@link #remove}, in seconds. */
    int removalSeconds() {
        return REMOVAL_SECONDS + (afterRestart ? RECONNECTION_SECONDS : 0);
    }

    void remove(StepContext context) throws IOException, InterruptedException {
        temporary(workspace(context)).child(name).act(new Removal());
    }

    @Override
    public String toString() {
        return name;
    }

    private static FilePath temporary(FilePath workspace) throws AbortException {
        FilePath temporary = WorkspaceList.tempDir(workspace);
        if (temporary == null) {
            throw new AbortException("Cannot make a Docker configuration: the workspace "
                    + workspace.getRemote()
                    + " is the root of a file system, with no place for temporary files; use another workspace.");
        }
        return temporary;
    }

    private FilePath workspace(StepContext context) throws IOException, InterruptedException {
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(afterRestart ? RECONNECTION_SECONDS : 0);
        while (true) {
            try {
                FilePath workspace = context.get(FilePath.class);
                if (workspace != null) {
                    return workspace;
                }
                throw new IOException("the agent is not connected");
            } catch (IOException e) {
                if (System.nanoTime() > patience) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(500);
            }
        }
    }

    /** Crosses the channel with the secrets, once. */
    private static final class Creation extends MasterToSlaveFileCallable<Map<String, String>> {

        private static final long serialVersionUID = 1L;

        private final ConfigRequest request;

        Creation(ConfigRequest request) {
            this.request = request;
        }

        @Override
        public Map<String, String> invoke(File file, VirtualChannel channel) throws IOException {
            synchronized (REMOVED) {
                if (REMOVED.contains(file.getName())) {
                    throw new AbortException("The Docker configuration is not needed any more");
                }
                return create(file);
            }
        }

        private Map<String, String> create(File file) throws AbortException {
            try {
                return ConfigDirectory.create(file.toPath(), request);
            } catch (IOException | IllegalArgumentException e) {
                // Arrives as it is, and is shown without a stack trace.
                throw new AbortException(e.getMessage());
            }
        }
    }

    /** Removes the directory, for good: a creation that was given up, but is still on its way, makes nothing. */
    private static final class Removal extends MasterToSlaveFileCallable<Void> {

        private static final long serialVersionUID = 1L;

        @Override
        public Void invoke(File file, VirtualChannel channel) throws IOException, InterruptedException {
            synchronized (REMOVED) {
                REMOVED.add(file.getName());
                new FilePath(file).deleteRecursive();
            }
            return null;
        }
    }
}
