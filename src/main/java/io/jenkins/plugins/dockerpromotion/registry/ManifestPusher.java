package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.RequestBody;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Stores a manifest, byte by byte as it was read, under a tag or its digest (OCI distribution specification, "Pushing
 * manifests"). The digest the registry confirms has to be that of the bytes.
 */
public record ManifestPusher(ImageReference target, Manifest manifest)
        implements RegistryOperation<ManifestPusher.Stored> {

    /**
     * What a registry says of a manifest that it stored.
     *
     * @param confirmed whether it named the digest
     * @param linked whether it lists the manifest as a referrer of its subject
     */
    public record Stored(boolean confirmed, boolean linked) {}

    @Override
    public RegistryRequest request() {
        return new RegistryRequest(
                "store " + target,
                "PUT",
                URI.create(Routes.manifest(target)),
                Map.of(),
                new RequestBody.Bytes(manifest.bytes(), manifest.mediaType()),
                Scope.pullAndPush(target.name().path()));
    }

    @Override
    public Stored read(Answer answer) throws RegistryException {
        Optional<Digest> confirmed = DigestHeader.read(answer);
        if (confirmed.isPresent() && !confirmed.get().matches(manifest.bytes())) {
            throw answer.failure("the registry stored something else: it says " + confirmed.get() + ", the bytes have "
                    + manifest.digest());
        }
        return new Stored(confirmed.isPresent(), answer.header("OCI-Subject").isPresent());
    }
}
