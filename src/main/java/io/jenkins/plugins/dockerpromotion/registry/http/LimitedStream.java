package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/** A stream that fails once more was read than it may hold. */
final class LimitedStream extends FilterInputStream {

    private final Supplier<? extends IOException> tooLong;
    private long left;

    LimitedStream(InputStream in, long limit, Supplier<? extends IOException> tooLong) {
        super(in);
        this.left = limit;
        this.tooLong = tooLong;
    }

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

    /** Skipped bytes count as well. */
    @Override
    public long skip(long count) throws IOException {
        long skipped = super.skip(count);
        count(skipped);
        return skipped;
    }

    private void count(long read) throws IOException {
        left -= read;
        if (left < 0) {
            throw tooLong.get();
        }
    }
}
