/** Patterns for tags, the versions in these tags, and their order. */
package io.jenkins.plugins.dockerpromotion.version;
