package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.tags.PruneReceipt;
import io.jenkins.plugins.dockerpromotion.tags.PruneRequest;
import java.io.IOException;

/** Deletes the tags of an image that nobody needs any more. */
public record PruneOperation(PruneRequest request, RegistryAuthentication authentication)
        implements Operation<PruneReceipt> {

    @Override
    public PruneReceipt run(RegistryContext context) throws IOException, InterruptedException {
        return request.with(authentication).run(context);
    }
}
