package io.jenkins.plugins.dockerpromotion.credentials;

import hudson.Extension;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import hudson.model.listeners.RunListener;
import hudson.util.Secret;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.RunAction2;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;

/**
 * The secrets that a step gave to a Pipeline, which are masked in its log until the build has ended. They are kept
 * encrypted with the build, so that they are masked after a restart as well, and are forgotten when it has ended.
 */
public final class BuildSecrets extends InvisibleAction implements RunAction2 {

    private static final Logger LOGGER = Logger.getLogger(BuildSecrets.class.getName());
    private static final SecretMasker NONE = SecretMasker.of(List.of());

    /** Asked at every line of every log, so it is not looked up among the build's actions each time. */
    private static final Map<FlowExecutionOwner, SecretMasker> MASKERS = new ConcurrentHashMap<>();

    private final List<Secret> secrets = new CopyOnWriteArrayList<>();

    private BuildSecrets() {}

    /**
     * Masks a secret in everything the build logs from now on. Call this before the secret is given away. What an agent
     * already logs for a step begun earlier, in another branch, is not reached.
     *
     * @throws IOException if the build cannot be saved, so that after a restart the secret would not be masked
     */
    public static void mask(Run<?, ?> run, String secret) throws IOException {
        mask(run, List.of(secret));
    }

    /**
     * The same for several secrets.
     *
     * @throws IOException as for one
     */
    public static void mask(Run<?, ?> run, Collection<String> secrets) throws IOException {
        Optional<FlowExecutionOwner> owner = ownerOf(run);
        if (owner.isEmpty() || secrets.stream().allMatch(String::isEmpty)) {
            return;
        }
        BuildSecrets action = of(run);
        List<Secret> added = secrets.stream()
                .filter(secret -> !secret.isEmpty())
                .map(Secret::fromString)
                .filter(secret -> !action.secrets.contains(secret))
                .distinct()
                .toList();
        if (!added.isEmpty()) {
            action.secrets.addAll(added);
            action.register(owner.get());
            run.save();
        }
    }

    /** What is masked in this build at this moment. */
    static SecretMasker maskerOf(FlowExecutionOwner owner) {
        return MASKERS.getOrDefault(owner, NONE);
    }

    private static BuildSecrets of(Run<?, ?> run) {
        synchronized (run) {
            BuildSecrets action = run.getAction(BuildSecrets.class);
            if (action == null) {
                action = new BuildSecrets();
                run.addAction(action);
            }
            return action;
        }
    }

    private static Optional<FlowExecutionOwner> ownerOf(Run<?, ?> run) {
        return run instanceof FlowExecutionOwner.Executable executable
                ? Optional.ofNullable(executable.asFlowExecutionOwner())
                : Optional.empty();
    }

    private void register(FlowExecutionOwner owner) {
        MASKERS.compute(owner, (key, before) -> SecretMasker.ofSecrets(secrets));
    }

    @Override
    public void onAttached(Run<?, ?> run) {
        // Registered with the first secret.
    }

    @Override
    public void onLoad(Run<?, ?> run) {
        if (run.isBuilding()) {
            ownerOf(run).ifPresent(this::register);
        }
    }

    /** Forgets the secrets of builds that log nothing any more. */
    @Extension
    public static final class Forget extends RunListener<Run<?, ?>> {

        @Override
        public void onFinalized(Run<?, ?> run) {
            ownerOf(run).ifPresent(MASKERS::remove);
            if (run.removeActions(BuildSecrets.class)) {
                try {
                    run.save();
                } catch (IOException e) {
                    LOGGER.log(Level.WARNING, e, () -> "Cannot save " + run);
                }
            }
        }

        @Override
        public void onDeleted(Run<?, ?> run) {
            ownerOf(run).ifPresent(MASKERS::remove);
        }
    }
}
