package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.function.Supplier;

/** What a request carries. */
public sealed interface RequestBody {

    /** Nothing. */
    RequestBody NONE = new Bytes(new byte[0], "");

    /** What the JDK's client sends. */
    BodyPublisher publisher();

    /** The value of {@code Content-Type}, empty for none. */
    String mediaType();

    /** Whether it can be sent a second time. */
    boolean isRepeatable();

    /** A body that is at hand. */
    record Bytes(byte[] content, String mediaType) implements RequestBody {
        @Override
        public BodyPublisher publisher() {
            return content.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(content);
        }

        @Override
        public boolean isRepeatable() {
            return true;
        }
    }

    /**
     * A body that passes through and is gone.
     *
     * @param length in bytes, announced before the first of them
     */
    record Stream(Supplier<InputStream> content, long length, String mediaType) implements RequestBody {
        @Override
        public BodyPublisher publisher() {
            return length == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(content), length);
        }

        @Override
        public boolean isRepeatable() {
            return false;
        }
    }
}
