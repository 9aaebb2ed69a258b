package io.jenkins.plugins.dockerpromotion.registry.http;

/** The registry asks to wait (status 429) for longer than the call may. */
public class RateLimitedException extends RegistryException {

    private static final long serialVersionUID = 1L;

    public RateLimitedException(String message, Reason reason) {
        super(message, reason);
    }
}
