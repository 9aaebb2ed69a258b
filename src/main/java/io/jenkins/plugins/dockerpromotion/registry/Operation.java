package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.IOException;
import java.io.Serializable;

/**
 * Work for an agent. It is created on the controller with everything it needs, including credentials, and discarded
 * afterwards. A step never stores it, so no secret is written to the files of a build.
 *
 * @param <T> plain, serializable data
 */
public interface Operation<T extends Serializable> extends Serializable {

    /**
     * Does the work. It must be repeatable: after a restart of the controller, the step sends it again.
     *
     * @throws IOException with one line for the Pipeline author
     * @throws InterruptedException if the build was aborted
     */
    T run(RegistryContext context) throws IOException, InterruptedException;
}
