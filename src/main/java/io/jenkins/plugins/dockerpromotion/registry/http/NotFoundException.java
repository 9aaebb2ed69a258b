package io.jenkins.plugins.dockerpromotion.registry.http;

/** The registry answered, and says that there is no such repository, manifest, blob or tag (status 404). */
public class NotFoundException extends RegistryException {

    private static final long serialVersionUID = 1L;

    public NotFoundException(String message, Reason reason) {
        super(message, reason);
    }
}
