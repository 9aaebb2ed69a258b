/** The directories on agents that belong to one block of a build: made, written down, and removed whatever happens. */
package io.jenkins.plugins.dockerpromotion.isolation;
