package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.registry.DockerHub;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.PageChange;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;

/** Changes what a repository's page on Docker Hub says; returns whether it said something else before. */
public record ChangePageOperation(ImageName image, PageChange change, Basic credential) implements Operation<Boolean> {

    @Override
    public Boolean run(RegistryContext context) throws RegistryException, InterruptedException {
        return DockerHub.open(credential, context).changePage(image, change);
    }
}
