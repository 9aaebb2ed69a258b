package io.jenkins.plugins.dockerpromotion.bench;

import java.util.Locale;

/**
 * Traffic on the wire.
 *
 * @param requests requests that the servers answered
 * @param bytes bytes in both directions, including headers
 */
record Traffic(int requests, long bytes) {

    Traffic plus(Traffic other) {
        return new Traffic(requests + other.requests, bytes + other.bytes);
    }

    Traffic since(Traffic before) {
        return new Traffic(requests - before.requests, bytes - before.bytes);
    }

    String size() {
        if (bytes < 10_000) {
            return bytes + " B";
        }
        return bytes < 10_000_000
                ? String.format(Locale.ROOT, "%.0f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
    }
}
