package io.jenkins.plugins.dockerpromotion.registry.http;

import java.util.List;
import java.util.Optional;

/** Provides the {@code Authorization} header for requests to one origin, and adapts it after refusals. */
public interface Authorizer {

    /** No header. */
    Authorizer NONE = of(RegistryAuthentication.ANONYMOUS, "it needs credentials");

    /** The value of the header for the next attempt, if there is one. */
    Optional<String> authorization() throws RegistryException, InterruptedException;

    /**
     * Handles an answer with status 401 or 403.
     *
     * @param refused the value of the header that was sent, if any
     * @return whether another attempt can succeed, because {@link #authorization()} now returns something else
     */
    boolean reconsider(Answer answer, Optional<String> refused) throws RegistryException, InterruptedException;

    /** The secrets that no message may contain, in every form in which a server could repeat them. */
    List<String> secrets();

    /** What to do about a final refusal, as the end of an error message. */
    String advice();

    /** Sends {@code credential} with every request. */
    static Authorizer of(RegistryAuthentication credential, String advice) {
        return new Fixed(credential.header(), advice, credential.secrets());
    }

    /** Sends no header, for a call that has {@code credential} in its body. */
    static Authorizer inBody(RegistryAuthentication credential, String advice) {
        return new Fixed(Optional.empty(), advice, credential.secrets());
    }

    /**
     * The same header for every request.
     *
     * @param header the value of {@code Authorization}, if there is one
     */
    record Fixed(Optional<String> header, String advice, List<String> secrets) implements Authorizer {

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
            return "Fixed[****]";
        }
    }
}
