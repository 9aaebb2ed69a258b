package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.RequestBody;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.net.URI;
import java.util.Map;

/**
 * Gives up an upload that was started, so that the registry need not keep it. Registries that cannot do this forget it
 * by themselves some day, so every answer will do.
 */
public record UploadCanceller(ImageName target, URI location) implements RegistryOperation<Void> {

    @Override
    public RegistryRequest request() {
        return new RegistryRequest(
                "give up an upload to " + target,
                "DELETE",
                location,
                Map.of(),
                RequestBody.NONE,
                Scope.pullAndPush(target.path()));
    }

    @Override
    public boolean accepts(int status) {
        return true;
    }

    @Override
    public Void read(Answer answer) {
        return null;
    }
}
