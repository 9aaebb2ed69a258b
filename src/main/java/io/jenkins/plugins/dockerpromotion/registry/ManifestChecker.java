package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.util.Map;
import java.util.Optional;

/**
 * Looks whether a manifest exists, without reading it (OCI distribution specification, "Checking if content exists in
 * the registry"). On Docker Hub this does not count as a pull.
 */
public record ManifestChecker(ImageReference reference) implements RegistryOperation<ManifestChecker.Found> {

    /**
     * What a registry says of a manifest without showing it.
     *
     * @param exists whether there is one
     * @param digest its digest, which some registries leave out
     * @param mediaType its media type, empty where the registry does not tell
     */
    public record Found(boolean exists, Optional<Digest> digest, String mediaType) {
        static final Found NOTHING = new Found(false, Optional.empty(), "");
    }

    @Override
    public RegistryRequest request() {
        return RegistryRequest.of(
                "look for " + reference,
                "HEAD",
                Routes.manifest(reference),
                Map.of("Accept", MediaTypes.ACCEPT),
                Scope.pull(reference.name().path()));
    }

    @Override
    public boolean accepts(int status) {
        return status == 200 || status == 404;
    }

    @Override
    public Found read(Answer answer) throws RegistryException {
        return answer.status() == 404
                ? Found.NOTHING
                : new Found(true, DigestHeader.read(answer), MediaTypes.announced(answer));
    }
}
