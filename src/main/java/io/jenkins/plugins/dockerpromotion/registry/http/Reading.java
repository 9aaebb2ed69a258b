package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;

/**
 * What a caller makes of an answer.
 *
 * @param <T> what the answer says
 */
public interface Reading<T> {

    /** Whether an answer of this status is one to read; every other status is a failure. */
    default boolean accepts(int status) {
        return status >= 200 && status < 300;
    }

    /**
     * Reads an accepted answer. May be called again with another answer if the connection breaks meanwhile.
     *
     * @throws RegistryException if the answer makes no sense
     * @throws IOException if the connection breaks
     */
    T read(Answer answer) throws IOException;
}
