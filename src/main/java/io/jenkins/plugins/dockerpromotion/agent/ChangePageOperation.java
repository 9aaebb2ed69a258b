package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.registry.DockerHubClient;
import io.jenkins.plugins.dockerpromotion.registry.PageChange;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.reference.ImageName;

/** Changes what a repository's page on Docker Hub says; returns whether it said something else before. */
public record ChangePageOperation(ImageName image, PageChange change, Basic credential)
        implements AgentOperation<Boolean> {

    @Override
    public Boolean run(RegistryTransport.Context context) throws RegistryException, InterruptedException {
        return DockerHubClient.open(credential, context).changePage(image, change);
    }
}
