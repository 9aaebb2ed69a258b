package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;

/** The content of a tag in the other repository cannot be merged with what should be added. */
final class UnmergeableException extends RegistryException {

    private static final long serialVersionUID = 1L;

    UnmergeableException(String message) {
        super(message);
    }
}
