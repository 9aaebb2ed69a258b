/** Directories on agents that belong to one block of a build: created, recorded, and reliably removed. */
package io.jenkins.plugins.dockerpromotion.isolation;
