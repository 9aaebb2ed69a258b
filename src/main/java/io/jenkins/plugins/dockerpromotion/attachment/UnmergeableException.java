package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;

/** A tag of the other repository holds something that cannot be put together with what was to be added. */
final class UnmergeableException extends RegistryException {

    private static final long serialVersionUID = 1L;

    UnmergeableException(String message) {
        super(message);
    }
}
