package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.IOException;
import java.io.Serializable;

/**
 * One piece of work for an agent: made on the controller with everything it needs, credentials included, and gone when
 * it is done. Never kept in a step or an execution, so that no secret is written with a build.
 *
 * @param <T> plain, serializable data
 */
public interface AgentOperation<T extends Serializable> extends Serializable {

    /**
     * Does the work, and can be done again: a step that was cut off by a restart starts from the beginning.
     *
     * @throws IOException with one line for the author of the Jenkinsfile
     * @throws InterruptedException when the build was aborted
     */
    T run(RegistryContext context) throws IOException, InterruptedException;
}
