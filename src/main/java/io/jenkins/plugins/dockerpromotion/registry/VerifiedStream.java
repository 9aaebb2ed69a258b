package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A blob's bytes on their way through; fails at their end unless they are what the blob's descriptor says. */
final class VerifiedStream extends FilterInputStream {

    private final Descriptor expected;
    private final Answer answer;
    private final MessageDigest hasher;
    private long left;

    VerifiedStream(Answer answer, Descriptor expected) {
        super(answer.stream(expected.size()));
        this.expected = expected;
        this.answer = answer;
        this.hasher = expected.digest().hasher();
        this.left = expected.size();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = readOn(target, offset, length);
        if (count < 0) {
            if (left > 0) {
                throw answer.failure("it ended " + left + " bytes early");
            }
            return count;
        }
        hasher.update(target, offset, count);
        boolean atEnd = count > 0 && left == count;
        left -= count;
        // With the last byte and not behind it: many readers know the length and ask for no more.
        if (atEnd
                && !HexFormat.of()
                        .formatHex(hasher.digest())
                        .equals(expected.digest().hex())) {
            throw answer.failure("its bytes do not have its digest");
        }
        return count;
    }

    /** A reader may be busy with another registry; what breaks here is to be told in the words of this one. */
    private int readOn(byte[] target, int offset, int length) throws IOException {
        try {
            return super.read(target, offset, length);
        } catch (RegistryException | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw answer.broken(e);
        }
    }

    @Override
    public long skip(long count) throws IOException {
        return readNBytes((int) Math.min(count, 8192)).length;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
