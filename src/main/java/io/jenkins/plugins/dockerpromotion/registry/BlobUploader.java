package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.RequestBody;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;

/**
 * Sends a blob's bytes to an upload that was started (OCI distribution specification, "Pushing a blob monolithically").
 * The registry checks them against the digest. Cannot be sent twice: the bytes are gone and the upload's state unknown.
 *
 * @param location as the registry gave it
 */
public record BlobUploader(ImageName target, Descriptor blob, URI location, InputStream content)
        implements RegistryOperation<Void> {

    @Override
    public RegistryRequest request() {
        String separator = location.getRawQuery() == null ? "?" : "&";
        return new RegistryRequest(
                "upload the blob " + blob.digest().abbreviated() + " to " + target,
                "PUT",
                URI.create(location + separator + "digest=" + blob.digest()),
                Map.of(),
                new RequestBody.Stream(() -> content, blob.size(), "application/octet-stream"),
                Scope.pullAndPush(target.path()));
    }

    @Override
    public Void read(Answer answer) {
        return null;
    }
}
