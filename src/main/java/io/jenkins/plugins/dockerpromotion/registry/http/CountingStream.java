package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that is told how much was read of it. */
public abstract class CountingStream extends FilterInputStream {

    protected CountingStream(InputStream in) {
        super(in);
    }

    /**
     * Called after every read.
     *
     * @param read bytes since the last call, skipped ones included
     * @throws IOException to fail the read
     */
    protected abstract void count(long read) throws IOException;

    @Override
    public int read() throws IOException {
        int value = super.read();
        count(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        count(Math.max(count, 0));
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = super.skip(count);
        count(skipped);
        return skipped;
    }
}
