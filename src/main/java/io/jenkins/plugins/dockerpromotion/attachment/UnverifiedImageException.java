package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;

/**
 * An image lacks a required signature or attestation. The message says in one line which, and why those it has do not
 * count.
 */
public final class UnverifiedImageException extends RegistryException {

    private static final long serialVersionUID = 1L;

    UnverifiedImageException(String message) {
        super(message);
    }
}
