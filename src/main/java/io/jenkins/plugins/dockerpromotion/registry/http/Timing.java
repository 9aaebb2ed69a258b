package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;
import java.time.Duration;

/**
 * How long a call may take and how often it is tried again.
 *
 * @param connect for a connection to stand, TLS included
 * @param answer for the answer's first byte to come
 * @param silence for the next bytes of a body to come
 * @param attempts how often a call is sent at most, 1 or more
 * @param longestWait the longest time a registry may ask to wait before the call is given up
 */
public record Timing(Duration connect, Duration answer, Duration silence, int attempts, Duration longestWait)
        implements Serializable {

    /** What suits registries on the Internet. */
    public static final Timing DEFAULT = new Timing(
            Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofSeconds(60), 5, Duration.ofMinutes(2));

    public Timing {
        if (attempts < 1 || connect.isNegative() || connect.isZero() || answer.isNegative() || answer.isZero()) {
            throw new IllegalArgumentException("time limits and attempts are positive");
        }
    }
}
