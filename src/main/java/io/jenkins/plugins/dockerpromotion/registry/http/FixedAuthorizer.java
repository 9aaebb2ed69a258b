package io.jenkins.plugins.dockerpromotion.registry.http;

import java.util.List;
import java.util.Optional;

/**
 * The same header for every request.
 *
 * @param header the value of {@code Authorization}, if there is one to send
 * @param advice what to do when it is refused
 * @param secrets what no message may hold
 */
record FixedAuthorizer(Optional<String> header, String advice, List<String> secrets) implements Authorizer {

    @Override
    public Optional<String> authorization() {
        return header;
    }

    @Override
    public boolean reconsider(Answer answer, Optional<String> refused) {
        return false;
    }

    @Override
    public String toString() {
        return header.isPresent() ? "FixedAuthorizer[****]" : "FixedAuthorizer[]";
    }
}
