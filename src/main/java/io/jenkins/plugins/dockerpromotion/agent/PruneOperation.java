package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.retention.PruneReceipt;
import io.jenkins.plugins.dockerpromotion.retention.PruneRequest;
import io.jenkins.plugins.dockerpromotion.retention.Pruner;
import java.io.IOException;

/** Deletes the tags of an image that nobody needs any more. */
public record PruneOperation(PruneRequest request, RegistryAuthentication authentication)
        implements AgentOperation<PruneReceipt> {

    @Override
    public PruneReceipt run(RegistryTransport.Context context) throws IOException, InterruptedException {
        return Pruner.prune(request, authentication, context);
    }
}
