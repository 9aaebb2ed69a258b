package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a blob of one repository appear in another without moving a byte, or starts an upload where that cannot be done
 * (OCI distribution specification, "Mounting a blob from another repository" and "Pushing a blob monolithically").
 * Returns the address of the upload that was started, nothing if the blob is there already.
 */
public record BlobMounter(ImageName target, Digest digest, Optional<ImageName> source)
        implements RegistryOperation<Optional<URI>> {

    /** Mounts from {@code source}, a repository of the same registry. */
    public static BlobMounter mount(ImageName target, Digest digest, ImageName source) {
        return new BlobMounter(target, digest, Optional.of(source));
    }

    /** Starts an upload. */
    public static BlobMounter upload(ImageName target, Digest digest) {
        return new BlobMounter(target, digest, Optional.empty());
    }

    @Override
    public RegistryRequest request() {
        String query = source.map(
                        s -> "?mount=" + digest + "&from=" + URLEncoder.encode(s.path(), StandardCharsets.UTF_8))
                .orElse("");
        return RegistryRequest.of(
                (source.isPresent() ? "mount the blob " : "start the upload of the blob ") + digest.abbreviated()
                        + " to " + target,
                "POST",
                Routes.uploads(target) + query,
                Map.of(),
                Scope.pullAndPush(target.path()));
    }

    @Override
    public boolean accepts(int status) {
        return status == 201 || status == 202;
    }

    @Override
    public Optional<URI> read(Answer answer) throws RegistryException {
        return answer.status() == 201 ? Optional.empty() : Optional.of(answer.target("Location"));
    }
}
