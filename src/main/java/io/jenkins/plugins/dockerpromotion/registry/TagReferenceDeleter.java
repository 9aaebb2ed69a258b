package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.util.Map;

/**
 * Removes one tag in the way GitLab's registry had before 16.4, when it learned that of the specification. Registries of
 * other makers do not know the address and answer 404 to it, which is an error here.
 */
public record TagReferenceDeleter(ImageReference target) implements RegistryOperation<Void> {

    @Override
    public RegistryRequest request() {
        return RegistryRequest.of(
                "delete the tag " + target,
                "DELETE",
                Routes.tagReference(target),
                Map.of(),
                Scope.of(target.name().path(), "delete", "pull", "push"));
    }

    @Override
    public boolean accepts(int status) {
        return status == 202 || status == 200 || status == 204;
    }

    @Override
    public Void read(Answer answer) {
        return null;
    }
}
