package io.jenkins.plugins.dockerpromotion.registry.http;

/** The credentials are missing, wrong, or not enough for what was asked (status 401 or 403, or a credential withheld). */
public class UnauthorizedException extends RegistryException {

    private static final long serialVersionUID = 1L;

    public UnauthorizedException(String message, Reason reason) {
        super(message, reason);
    }
}
