package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.IOException;
import java.io.Serializable;

/**
 * One piece of work that is sent to an agent: made on the controller with everything it needs, credentials included, and
 * forgotten when it is done. It is never kept in a step, so no secret is written with a build.
 *
 * @param <T> plain, serializable data
 */
public interface Operation<T extends Serializable> extends Serializable {

    /**
     * Does the work. It can be repeated: after a restart of the controller the step sends it again.
     *
     * @throws IOException with one line for the author of the Jenkinsfile
     * @throws InterruptedException if the build was aborted
     */
    T run(RegistryContext context) throws IOException, InterruptedException;
}
