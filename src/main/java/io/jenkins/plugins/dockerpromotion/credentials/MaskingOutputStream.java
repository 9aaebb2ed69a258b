package io.jenkins.plugins.dockerpromotion.credentials;

import hudson.console.LineTransformationOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.function.Supplier;

/** Masks secrets line by line; as long as there are none to mask, what comes in goes out at once. */
final class MaskingOutputStream extends LineTransformationOutputStream.Delegating {

    private final Supplier<SecretMasker> masker;
    private final Charset charset;
    private boolean lineBegun;

    MaskingOutputStream(OutputStream out, Supplier<SecretMasker> masker, Charset charset) {
        super(out);
        this.masker = masker;
        this.charset = charset;
    }

    @Override
    public void write(int b) throws IOException {
        if (!lineBegun && masker.get().isEmpty()) {
            out.write(b);
        } else {
            buffer(b);
        }
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        if (!lineBegun && masker.get().isEmpty()) {
            out.write(b, off, len);
        } else {
            // Not one by one through this class: it would ask for the masker at every byte.
            for (int i = off; i < off + len; i++) {
                buffer(b[i]);
            }
        }
    }

    /** A log must not end a build, and a line that cannot be looked through must not get out. */
    private String masked(String line) {
        try {
            return masker.get().mask(line);
        } catch (RuntimeException | StackOverflowError e) {
            return "**** (a line is left out: the secrets in it could not be masked because of "
                    + e.getClass().getName() + ")\n";
        }
    }

    /** After a carriage return it is the next byte that ends the line before, and already belongs to a new one. */
    private void buffer(int b) throws IOException {
        super.write(b);
        lineBegun = b != '\n';
    }

    @Override
    protected void eol(byte[] b, int len) throws IOException {
        String line = new String(b, 0, len, charset);
        String masked = masked(line);
        if (masked.equals(line)) {
            // The bytes as they came: they may not be of this charset.
            out.write(b, 0, len);
        } else {
            out.write(masked.getBytes(charset));
        }
    }
}
