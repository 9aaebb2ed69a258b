package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;

/** An image lacks a signature or an attestation that is required; one line says which, and why what it has does not count. */
public final class UnverifiedImageException extends RegistryException {

    private static final long serialVersionUID = 1L;

    UnverifiedImageException(String message) {
        super(message);
    }
}
