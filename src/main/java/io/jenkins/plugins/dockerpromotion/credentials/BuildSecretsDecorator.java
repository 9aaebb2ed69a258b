package io.jenkins.plugins.dockerpromotion.credentials;

import hudson.Extension;
import hudson.model.Run;
import hudson.remoting.Channel;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.credentialsbinding.masking.SecretPatterns;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.jenkinsci.plugins.workflow.log.TaskListenerDecorator;

/** Masks the {@link BuildSecrets} of a Pipeline build in the logs of its steps. May be sent to an agent. */
final class BuildSecretsDecorator extends TaskListenerDecorator {

    private static final long serialVersionUID = 1L;

    /** {@code null} if there is nothing to mask. */
    private final Pattern pattern;

    private BuildSecretsDecorator(Pattern pattern) {
        this.pattern = pattern;
    }

    @Override
    public OutputStream decorate(OutputStream logger) {
        return pattern == null ? logger : masked(logger, pattern);
    }

    private static OutputStream masked(OutputStream logger, Pattern pattern) {
        return new SecretPatterns.MaskingOutputStream(logger, () -> pattern, StandardCharsets.UTF_8.name());
    }

    /**
     * Masks in the build's own log, which is opened before the build has a secret and shows its failure at the end.
     * Passes everything through until there is a secret.
     */
    private static final class OfBuild extends TaskListenerDecorator {

        private static final long serialVersionUID = 1L;

        private final FlowExecutionOwner owner;

        OfBuild(FlowExecutionOwner owner) {
            this.owner = owner;
        }

        @Override
        public OutputStream decorate(OutputStream logger) {
            return new LateMasking(logger, owner);
        }

        /** An agent does not know the build, so it gets the current secrets. */
        private Object writeReplace() {
            return Channel.current() == null
                    ? this
                    : new BuildSecretsDecorator(BuildSecrets.pattern(owner).orElse(null));
        }
    }

    private static final class LateMasking extends FilterOutputStream {

        private final OutputStream logger;
        private final FlowExecutionOwner owner;
        /** The secrets that {@link #out} masks. */
        private Optional<Pattern> now = Optional.empty();

        LateMasking(OutputStream logger, FlowExecutionOwner owner) {
            super(logger);
            this.logger = logger;
            this.owner = owner;
        }

        @Override
        public void write(int b) throws IOException {
            current().write(b);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            current().write(b, off, len);
        }

        private OutputStream current() throws IOException {
            Optional<Pattern> latest = BuildSecrets.pattern(owner);
            if (latest.isPresent() && !latest.equals(now)) {
                if (out instanceof SecretPatterns.MaskingOutputStream before) {
                    before.forceEol();
                }
                now = latest;
                out = masked(logger, latest.get());
            }
            return out;
        }
    }

    /** Decorates the log of the build itself, and of every step that starts after there is a secret. */
    @Extension
    public static final class FactoryImpl implements TaskListenerDecorator.Factory {

        private final long began = System.currentTimeMillis();

        @Override
        public TaskListenerDecorator of(FlowExecutionOwner owner) {
            // Without an execution, a new build opens its log; a resumed build opens it later.
            return owner.getOrNull() == null || isResumed(owner)
                    ? new OfBuild(owner)
                    : BuildSecrets.pattern(owner)
                            .map(BuildSecretsDecorator::new)
                            .orElse(null);
        }

        private boolean isResumed(FlowExecutionOwner owner) {
            try {
                return owner.getExecutable() instanceof Run<?, ?> run && run.getStartTimeInMillis() < began;
            } catch (IOException e) {
                return true;
            }
        }
    }
}
