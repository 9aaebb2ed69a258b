/** What a Docker daemon has on its host, what of it nobody needs any more, and its removal through the docker client. */
package io.jenkins.plugins.dockerpromotion.dockerhost;
