/** Reads and writes the Docker client's {@code config.json}. */
package io.jenkins.plugins.dockerpromotion.dockerconfig;
