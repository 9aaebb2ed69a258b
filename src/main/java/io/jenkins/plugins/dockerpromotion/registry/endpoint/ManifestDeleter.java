package io.jenkins.plugins.dockerpromotion.registry.endpoint;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.registry.reference.ImageReference;
import java.util.Map;

/**
 * Removes a manifest and with it every tag that points to it (OCI distribution specification, "Deleting manifests").
 * Returns whether it was there.
 */
public record ManifestDeleter(ImageReference target) implements RegistryOperation<Boolean> {

    public ManifestDeleter {
        if (!target.isPinned()) {
            throw new IllegalArgumentException("a manifest is deleted by its digest");
        }
    }

    @Override
    public RegistryRequest request() {
        return RegistryRequest.of(
                "delete the manifest " + target,
                "DELETE",
                Routes.manifest(target),
                Map.of(),
                Scope.of(target.name().path(), "delete", "pull", "push"));
    }

    @Override
    public boolean accepts(int status) {
        return status == 202 || status == 200 || status == 204 || status == 404;
    }

    @Override
    public Boolean read(Answer answer) {
        return answer.status() != 404;
    }
}
