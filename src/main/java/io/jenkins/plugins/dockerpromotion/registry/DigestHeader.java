package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.Optional;

/** The digest a registry announces; some leave it out. */
final class DigestHeader {

    private static final String NAME = "Docker-Content-Digest";

    private DigestHeader() {}

    static Optional<Digest> read(Answer answer) throws RegistryException {
        Optional<String> text = answer.header(NAME);
        try {
            return text.map(Digest::parse);
        } catch (IllegalArgumentException e) {
            throw answer.failure("its header " + NAME + " holds no digest");
        }
    }
}
