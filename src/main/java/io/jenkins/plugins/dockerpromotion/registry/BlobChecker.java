package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.util.Map;

/** Looks whether a repository holds a blob (OCI distribution specification, "Checking if content exists in the registry"). */
public record BlobChecker(ImageName image, Digest digest) implements RegistryOperation<Boolean> {

    @Override
    public RegistryRequest request() {
        return RegistryRequest.of(
                "look for the blob " + digest.abbreviated() + " of " + image,
                "HEAD",
                Routes.blob(image, digest),
                Map.of(),
                Scope.pull(image.path()));
    }

    @Override
    public boolean accepts(int status) {
        return status == 200 || status == 404;
    }

    @Override
    public Boolean read(Answer answer) {
        return answer.status() == 200;
    }
}
