package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.slaves.WorkspaceList;
import io.jenkins.plugins.dockerpromotion.credentials.BuildSecrets;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigDirectory;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest;
import io.jenkins.plugins.dockerpromotion.dockerconfig.RegistryKey;
import io.jenkins.plugins.dockerpromotion.isolation.IsolatedDirectories;
import io.jenkins.plugins.dockerpromotion.isolation.IsolatedDirectory;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The Docker configuration of one block, created on an agent.
 *
 * @param variables through which clients find it
 * @param hosts of the registries with a login
 */
record BlockConfiguration(Map<String, String> variables, List<String> hosts) {

    /** The action, as in "Cannot create a Docker configuration". */
    static final String PHRASE = "create a Docker configuration";

    /** The variables that locate the existing configuration. */
    private static final List<String> INHERITED =
            List.of("HOME", "USERPROFILE", ConfigDirectory.DOCKER_CONFIG, "BUILDX_CONFIG", "DOCKER_AUTH_CONFIG");

    /**
     * Looks up the credentials of {@code step}, and creates its configuration next to a workspace.
     *
     * @param directory the name of the new directory
     * @throws AbortException in one line for the Pipeline author
     */
    static BlockConfiguration make(
            IsolatedDockerConfigStep step, String directory, FilePath workspace, StepContext context)
            throws IOException, InterruptedException {
        Run<?, ?> run = context.get(Run.class);
        Map<RegistryKey, RegistryAuthentication> logins = step.logins(run, context.get(TaskListener.class));
        // For scripts that read the file.
        BuildSecrets.mask(
                run,
                logins.values().stream()
                        .flatMap(login -> login.secrets().stream())
                        .toList());
        FilePath temporary = temporary(workspace);
        ConfigRequest request = new ConfigRequest(
                step.inheritance(),
                temporary.getName().substring(workspace.getName().length()),
                inherited(context.get(EnvVars.class)),
                logins);
        ConfigDirectory.Created created = IsolatedDirectories.get()
                .make(IsolatedDirectory.of(temporary, directory, run), temporary.child(directory), request);
        created.warnings().forEach(context.get(TaskListener.class).getLogger()::println);
        return new BlockConfiguration(created.variables(), hosts(logins));
    }

    private static FilePath temporary(FilePath workspace) throws AbortException {
        FilePath temporary = WorkspaceList.tempDir(workspace);
        if (temporary == null) {
            throw new AbortException("Cannot " + PHRASE + ": the workspace " + workspace.getRemote()
                    + " is the root of a file system, so there is no place for temporary files next to it; use"
                    + " another workspace.");
        }
        return temporary;
    }

    private static Map<String, String> inherited(EnvVars all) {
        Map<String, String> environment = new LinkedHashMap<>();
        INHERITED.stream().filter(all::containsKey).forEach(key -> environment.put(key, all.get(key)));
        return environment;
    }

    private static List<String> hosts(Map<RegistryKey, RegistryAuthentication> logins) {
        return logins.entrySet().stream()
                .filter(login -> !login.getValue().equals(RegistryAuthentication.ANONYMOUS))
                .map(login -> login.getKey().host())
                .toList();
    }

    /** Configures a block so that clients find this configuration. */
    BodyInvoker newBlock(StepContext context) throws IOException, InterruptedException {
        return context.newBodyInvoker()
                .withContext(EnvironmentExpander.merge(
                        context.get(EnvironmentExpander.class), EnvironmentExpander.constant(variables)));
    }

    /** For the log. */
    @Override
    public String toString() {
        return "Using an isolated Docker configuration in " + variables.get(ConfigDirectory.DOCKER_CONFIG) + ", "
                + (hosts.isEmpty() ? "no registry logged in" : "logged in to " + String.join(", ", hosts));
    }
}
