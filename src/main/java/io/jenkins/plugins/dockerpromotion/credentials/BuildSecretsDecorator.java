package io.jenkins.plugins.dockerpromotion.credentials;

import hudson.Extension;
import hudson.remoting.Channel;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.jenkinsci.plugins.workflow.log.TaskListenerDecorator;

/**
 * Masks the {@link BuildSecrets} of a Pipeline build. Every build gets one from its beginning, because listeners made
 * before a secret is known, the build's own above all, have to mask it too.
 */
final class BuildSecretsDecorator extends TaskListenerDecorator {

    private static final long serialVersionUID = 1L;

    private final FlowExecutionOwner owner;

    BuildSecretsDecorator(FlowExecutionOwner owner) {
        this.owner = owner;
    }

    @Override
    public OutputStream decorate(OutputStream logger) {
        return new MaskingOutputStream(logger, () -> BuildSecrets.maskerOf(owner), StandardCharsets.UTF_8);
    }

    /** An agent does not know the build: it gets what there is to mask at this moment. */
    private Object writeReplace() {
        return Channel.current() == null ? this : new Snapshot(BuildSecrets.maskerOf(owner));
    }

    private static final class Snapshot extends TaskListenerDecorator {

        private static final long serialVersionUID = 1L;

        private final SecretMasker masker;

        Snapshot(SecretMasker masker) {
            this.masker = masker;
        }

        @Override
        public OutputStream decorate(OutputStream logger) {
            return masker.isEmpty() ? logger : new MaskingOutputStream(logger, () -> masker, StandardCharsets.UTF_8);
        }
    }

    /** Gives every Pipeline build its decorator. */
    @Extension
    public static final class FactoryImpl implements TaskListenerDecorator.Factory {

        @Override
        public TaskListenerDecorator of(FlowExecutionOwner owner) {
            return new BuildSecretsDecorator(owner);
        }
    }
}
