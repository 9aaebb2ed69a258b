package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.function.Supplier;

/** What a request carries. */
public sealed interface RequestBody {

    /** Nothing. */
    RequestBody NONE = new Bytes(new byte[0], "");

    /** The bytes from their beginning. */
    InputStream open();

    /** How many bytes there are; announced before the first of them. */
    long length();

    /** The value of {@code Content-Type}, empty for none. */
    String mediaType();

    /** Whether it can be sent a second time. */
    boolean isRepeatable();

    /** A body that is at hand. */
    record Bytes(byte[] content, String mediaType) implements RequestBody {
        @Override
        public InputStream open() {
            return new ByteArrayInputStream(content);
        }

        @Override
        public long length() {
            return content.length;
        }

        @Override
        public boolean isRepeatable() {
            return true;
        }
    }

    /** A body that passes through and is gone. */
    record Stream(Supplier<InputStream> content, long length, String mediaType) implements RequestBody {
        @Override
        public InputStream open() {
            return content.get();
        }

        @Override
        public boolean isRepeatable() {
            return false;
        }
    }
}
