package io.jenkins.plugins.dockerpromotion.parameter;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.Extension;
import hudson.Util;
import hudson.model.ParameterDefinition;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Run;
import hudson.model.StringParameterValue;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import java.io.IOException;
import java.util.Objects;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.export.Exported;

/**
 * The chosen tag with its digest at that time. A build has both in its environment: {@code TAG} and {@code TAG_DIGEST}.
 */
public final class ImageTagParameterValue extends StringParameterValue {

    private static final long serialVersionUID = 1L;

    private String digest;

    /** @param digest {@code null} to look it up when the build starts */
    @DataBoundConstructor
    public ImageTagParameterValue(String name, String value, @CheckForNull String digest) {
        super(name, value);
        this.digest = Util.fixEmpty(digest);
    }

    /** {@code null} if not yet known. */
    @CheckForNull
    @Exported
    public String getDigest() {
        return digest;
    }

    @Override
    public void buildEnvironment(Run<?, ?> build, EnvVars env) {
        super.buildEnvironment(build, env);
        env.put(getName() + "_DIGEST", Util.fixNull(digest));
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other)
                && other instanceof ImageTagParameterValue value
                && Objects.equals(digest, value.digest);
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + Objects.hashCode(digest);
    }

    /** Looks up the digests of tags that were given without one: by REST, by CLI or by another job. */
    @Extension
    public static final class Digests extends RunListener<Run<?, ?>> {
        @Override
        public void onStarted(Run<?, ?> run, TaskListener listener) {
            for (ParametersAction action : run.getActions(ParametersAction.class)) {
                action.getParameters().stream()
                        .filter(ImageTagParameterValue.class::isInstance)
                        .map(ImageTagParameterValue.class::cast)
                        .filter(value -> value.digest == null)
                        .forEach(value -> find(value, run, listener));
            }
        }

        private static void find(ImageTagParameterValue value, Run<?, ?> run, TaskListener listener) {
            ParametersDefinitionProperty property = run.getParent().getProperty(ParametersDefinitionProperty.class);
            ParameterDefinition definition = property == null ? null : property.getParameterDefinition(value.getName());
            if (!(definition instanceof ImageTagParameterDefinition asked)) {
                return;
            }
            String tagged = asked.getImage() + ":" + value.getValue();
            try {
                value.digest = TagChoices.digest(asked, run, String.valueOf(value.getValue()))
                        .orElseThrow(() -> new AbortException("there is no such tag"));
                run.save();
            } catch (IOException e) {
                listener.getLogger()
                        .println("Cannot look up the digest of " + tagged + ", so " + value.getName()
                                + "_DIGEST is empty: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
