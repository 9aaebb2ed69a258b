package io.jenkins.plugins.dockerpromotion.registry.endpoint;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.registry.reference.ImageReference;
import java.util.Map;

/**
 * Removes one tag and leaves the manifest and its other tags alone (OCI distribution specification, "Deleting tags").
 * Registries that cannot do this answer 400 or 405, which is an error here. Returns whether the tag was there.
 */
public record TagDeleter(ImageReference target) implements RegistryOperation<Boolean> {

    public TagDeleter {
        if (target.isPinned()) {
            throw new IllegalArgumentException("deleting a digest takes every tag that points to it along");
        }
    }

    @Override
    public RegistryRequest request() {
        return RegistryRequest.of(
                "delete the tag " + target,
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
