package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/** A stream that fails once more was read than it may hold. */
final class LimitedStream extends CountingStream {

    private final Supplier<? extends IOException> tooLong;
    private long left;

    LimitedStream(InputStream in, long limit, Supplier<? extends IOException> tooLong) {
        super(in);
        this.left = limit;
        this.tooLong = tooLong;
    }

    @Override
    protected void count(long read) throws IOException {
        left -= read;
        if (left < 0) {
            throw tooLong.get();
        }
    }
}
