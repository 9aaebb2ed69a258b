/** Finds unused data on a Docker host, and removes it with the docker client. */
package io.jenkins.plugins.dockerpromotion.dockerhost;
