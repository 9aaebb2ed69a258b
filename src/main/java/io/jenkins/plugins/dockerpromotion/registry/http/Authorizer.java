package io.jenkins.plugins.dockerpromotion.registry.http;

import java.util.List;
import java.util.Optional;

/** Gives requests to one origin their {@code Authorization} header, and learns from refusals. */
public interface Authorizer {

    /** No header, and nothing to learn. */
    Authorizer NONE = new Fixed(Optional.empty(), "it needs credentials", List.of());

    /** The header's value for the next sending, if there is one. */
    Optional<String> authorization() throws RegistryException, InterruptedException;

    /**
     * Looks at an answer of status 401 or 403.
     *
     * @param refused the header's value that was sent, if one was
     * @return whether another sending has a chance, since {@link #authorization()} now answers differently
     */
    boolean reconsider(Answer answer, Optional<String> refused) throws RegistryException, InterruptedException;

    /** Texts that no message may hold, in every form in which a server can repeat them. */
    List<String> secrets();

    /** What to do about a refusal that stands, as the end of an error line. */
    String advice();

    /** Shows {@code token} as it is, as Docker Hub's own API wants it. */
    static Authorizer bearer(String token, String advice) {
        RegistryAuthentication.Bearer bearer = new RegistryAuthentication.Bearer(token);
        return new Fixed(Optional.of("Bearer " + bearer.token()), advice, bearer.secrets());
    }

    /** Shows nothing in a header: for a call that carries {@code credential} in its body. */
    static Authorizer inBody(RegistryAuthentication credential, String advice) {
        return new Fixed(Optional.empty(), advice, credential.secrets());
    }

    /**
     * The same header for every request.
     *
     * @param header the value of {@code Authorization}, if there is one to send
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
