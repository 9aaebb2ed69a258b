package io.jenkins.plugins.dockerpromotion.credentials;

import hudson.Extension;
import hudson.Util;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import hudson.model.listeners.RunListener;
import hudson.util.Secret;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jenkins.model.RunAction2;
import org.jenkinsci.plugins.credentialsbinding.masking.SecretPatterns;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;

/**
 * The secrets that steps gave to a Pipeline. They are masked in its log until the build ends, stored encrypted with the
 * build so that masking continues after a restart, and removed at its end.
 */
public final class BuildSecrets extends InvisibleAction implements RunAction2 {

    private static final Logger LOGGER = Logger.getLogger(BuildSecrets.class.getName());

    /** Looked up for every log line of such builds. */
    private static final Map<FlowExecutionOwner, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private final List<Secret> secrets = new CopyOnWriteArrayList<>();

    private BuildSecrets() {}

    /**
     * Masks secrets in everything that the build logs from now on. Call this before returning them. Does not affect the
     * logs of steps that are already running in other branches.
     *
     * @throws IOException if the build cannot be saved, because the secrets would not be masked after a restart
     */
    public static void mask(Run<?, ?> run, Collection<String> secrets) throws IOException {
        Optional<FlowExecutionOwner> owner = ownerOf(run);
        if (owner.isEmpty()) {
            return;
        }
        BuildSecrets action;
        synchronized (run) {
            action = run.getAction(BuildSecrets.class);
            if (action == null) {
                action = new BuildSecrets();
                run.addAction(action);
            }
        }
        List<Secret> known = action.secrets;
        List<Secret> added = secrets.stream()
                .filter(secret -> !secret.isEmpty())
                .map(Secret::fromString)
                .filter(secret -> !known.contains(secret))
                .distinct()
                .toList();
        if (!added.isEmpty()) {
            known.addAll(added);
            action.register(owner.get());
            run.save();
        }
    }

    /** The same for one secret. */
    public static void mask(Run<?, ?> run, String secret) throws IOException {
        mask(run, List.of(secret));
    }

    /** The secrets that are currently masked in a build. */
    static Optional<Pattern> pattern(FlowExecutionOwner owner) {
        return Optional.ofNullable(PATTERNS.get(owner));
    }

    /** Removes the secrets of the build from a failure; returns the same failure if it contains none. */
    public static Throwable masked(Run<?, ?> run, Throwable failure) {
        return ownerOf(run)
                .flatMap(BuildSecrets::pattern)
                .map(pattern -> StoredSecrets.masked(failure, pattern))
                .orElse(failure);
    }

    private static Optional<FlowExecutionOwner> ownerOf(Run<?, ?> run) {
        return run instanceof FlowExecutionOwner.Executable executable
                ? Optional.ofNullable(executable.asFlowExecutionOwner())
                : Optional.empty();
    }

    private void register(FlowExecutionOwner owner) {
        PATTERNS.compute(owner, (key, before) -> patternOf(secrets.stream().map(Secret::getPlainText)));
    }

    /** Secrets in plain text, and as quoted by shells, base64, URLs, JSON and XML. */
    static Pattern patternOf(Stream<String> secrets) {
        return SecretPatterns.getAggregateSecretPattern(
                secrets.flatMap(BuildSecrets::forms).distinct().toList());
    }

    private static Stream<String> forms(String secret) {
        String url = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        String json = secret.replace("\\", "\\\\").replace("\"", "\\\"");
        return Stream.of(
                secret,
                url,
                url.replace("+", "%20").replace("*", "%2A").replace("%7E", "~"),
                json,
                json.replace("/", "\\/"),
                Util.xmlEscape(secret));
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

    /** Removes the secrets of completed builds. */
    @Extension
    public static final class Forget extends RunListener<Run<?, ?>> {

        @Override
        public void onFinalized(Run<?, ?> run) {
            ownerOf(run).ifPresent(PATTERNS::remove);
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
            ownerOf(run).ifPresent(PATTERNS::remove);
        }
    }
}
