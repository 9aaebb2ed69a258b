package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a manifest, and checks that its bytes have the digest they were asked for or announced by (OCI distribution
 * specification, "Pulling manifests"). On Docker Hub this counts as a pull.
 */
public record ManifestPuller(ImageReference reference) implements RegistryOperation<Manifest> {

    /** Twice what every registry has to take. */
    private static final int MAX_MANIFEST = 8 * 1024 * 1024;

    @Override
    public RegistryRequest request() {
        return RegistryRequest.of(
                "read the manifest of " + reference,
                "GET",
                Routes.manifest(reference),
                Map.of("Accept", MediaTypes.ACCEPT),
                Scope.pull(reference.name().path()));
    }

    @Override
    public Manifest read(Answer answer) throws IOException {
        byte[] bytes = answer.bytes(MAX_MANIFEST);
        Digest digest = reference.isPinned() ? Digest.parse(reference.reference()) : Digest.sha256(bytes);
        Manifest manifest;
        try {
            manifest = Manifest.parse(bytes, MediaTypes.announced(answer), digest);
        } catch (IllegalArgumentException e) {
            throw answer.failure(e.getMessage());
        }
        if (manifest.mediaType().startsWith(MediaTypes.SCHEMA_1)) {
            throw answer.failure("the image is stored in Docker's first format (schema 1), which cannot be promoted by"
                    + " manifest; push it again with a current docker");
        }
        Optional<Digest> announced = DigestHeader.read(answer);
        if (announced.isPresent() && !announced.get().matches(bytes)) {
            throw answer.failure("the manifest does not have the digest " + announced.get() + " it is announced by");
        }
        if (reference.isPinned() && !digest.matches(bytes)) {
            throw answer.failure("the manifest does not have the digest it was asked for by");
        }
        return manifest;
    }
}
