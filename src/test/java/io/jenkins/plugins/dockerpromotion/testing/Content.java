package io.jenkins.plugins.dockerpromotion.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/** Bytes of known length that can be read repeatedly: from memory, from a file or from a generator. */
public interface Content {

    Content EMPTY = of(new byte[0]);

    /** Length in bytes. */
    long size();

    /** A new stream from the first byte. */
    InputStream open() throws IOException;

    /** {@code sha256:} and the hexadecimal hash. */
    default String digest() {
        MessageDigest sha256 = sha256();
        byte[] buffer = new byte[64 * 1024];
        try (InputStream in = open()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha256.update(buffer, 0, n);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return digest(sha256);
    }

    default byte[] bytes() {
        try (InputStream in = open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Content of(byte[] bytes) {
        byte[] copy = bytes.clone();
        return new Content() {
            @Override
            public long size() {
                return copy.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(copy);
            }
        };
    }

    static Content of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Generates bytes from a seed while they are read, so that a gigabyte takes no memory. */
    static Content generated(long seed, long size) {
        return new GeneratedContent(seed, size);
    }

    static String digestOf(byte[] bytes) {
        return of(bytes).digest();
    }

    /** The SHA-512 digest, by which a registry may also address content. */
    static String sha512Of(byte[] bytes) {
        return "sha512:" + HexFormat.of().formatHex(hasher("SHA-512").digest(bytes));
    }

    static MessageDigest sha256() {
        return hasher("SHA-256");
    }

    private static MessageDigest hasher(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String digest(MessageDigest sha256) {
        return "sha256:" + HexFormat.of().formatHex(sha256.digest());
    }

    /** Incompressible bytes: a random block, repeated with a different number in its first bytes each time. */
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

        /** Cached, because hashing a gigabyte takes seconds. */
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
                // Includes the seed: contents shorter than a block must differ, too.
                ByteBuffer.wrap(block).putLong(seed * 31 + position / block.length);
                System.arraycopy(block, inBlock, target, offset, n);
                position += n;
                return n;
            }
        }
    }
}
