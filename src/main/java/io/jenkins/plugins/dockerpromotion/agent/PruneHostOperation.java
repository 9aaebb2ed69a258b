package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.dockerhost.HostException;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostPolicy;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostPruner;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostReceipt;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.util.Map;
import java.util.TreeMap;

/**
 * Removes what nobody needs any more from the agent's Docker host.
 *
 * @param environment of the build, as far as the docker client needs it
 */
public record PruneHostOperation(HostPolicy policy, Map<String, String> environment) implements Operation<HostReceipt> {

    public PruneHostOperation {
        environment = new TreeMap<>(environment);
    }

    @Override
    public HostReceipt run(RegistryContext context) throws HostException, InterruptedException {
        return HostPruner.prune(policy, environment, context.time().now(), context.notices());
    }
}
