package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.registry.DockerHub;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;

/** Gets a token of Docker Hub's API. */
public record HubTokenOperation(Basic credential) implements Operation<String> {

    @Override
    public String run(RegistryContext context) throws RegistryException, InterruptedException {
        return DockerHub.token(credential, context);
    }
}
