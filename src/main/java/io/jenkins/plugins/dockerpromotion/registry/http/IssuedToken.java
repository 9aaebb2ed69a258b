package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;

/**
 * A bearer token to be handed out.
 *
 * @param value the secret
 * @param seconds how long it is valid
 * @param confirmed whether it says itself that it allows what was asked for; not every service's tokens can be read
 */
public record IssuedToken(String value, long seconds, boolean confirmed) implements Serializable {

    /** Without the secret. */
    @Override
    public String toString() {
        return "a token valid for " + seconds + " s";
    }
}
