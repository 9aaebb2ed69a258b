package io.jenkins.plugins.dockerpromotion.credentials;

import hudson.console.ConsoleLogFilter;
import hudson.model.Run;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.Charset;

/** Masks secrets in the log of a block; give it to the block's {@code BodyInvoker}. */
public final class MaskingConsoleLogFilter extends ConsoleLogFilter implements Serializable {

    private static final long serialVersionUID = 1L;

    private final SecretMasker masker;
    private final String charset;

    public MaskingConsoleLogFilter(SecretMasker masker, Charset charset) {
        this.masker = masker;
        this.charset = charset.name();
    }

    /** The build is not known here: on an agent there is none. */
    @Override
    @SuppressWarnings("rawtypes")
    public OutputStream decorateLogger(Run build, OutputStream logger) {
        return decorated(logger);
    }

    @Override
    @SuppressWarnings({"rawtypes", "deprecation"})
    public OutputStream decorateLogger(hudson.model.AbstractBuild build, OutputStream logger) {
        return decorated(logger);
    }

    private OutputStream decorated(OutputStream logger) {
        return new MaskingOutputStream(logger, () -> masker, Charset.forName(charset));
    }
}
