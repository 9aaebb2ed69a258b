package io.jenkins.plugins.dockerpromotion.testing;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Random;

/** Incompressible bytes computed from a seed: one random block, stamped with its number each time it is repeated. */
final class GeneratedContent implements Content {

    private static final int BLOCK = 64 * 1024;

    private final long seed;
    private final long size;
    private String digest;

    GeneratedContent(long seed, long size) {
        this.seed = seed;
        this.size = size;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public InputStream open() {
        return new Blocks();
    }

    /** Computed once: hashing a gigabyte takes seconds. */
    @Override
    public synchronized String digest() {
        if (digest == null) {
            digest = Content.super.digest();
        }
        return digest;
    }

    private final class Blocks extends InputStream {

        private final byte[] block = new byte[(int) Math.min(BLOCK, Math.max(size, Long.BYTES))];
        private long position;

        Blocks() {
            new Random(seed).nextBytes(block);
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (position >= size) {
                return -1;
            }
            int inBlock = (int) (position % block.length);
            int n = (int) Math.min(Math.min(length, block.length - inBlock), size - position);
            // The seed is in the stamp, too, so that short contents of two seeds differ.
            ByteBuffer.wrap(block).putLong(seed * 31 + position / block.length);
            System.arraycopy(block, inBlock, target, offset, n);
            position += n;
            return n;
        }
    }
}
