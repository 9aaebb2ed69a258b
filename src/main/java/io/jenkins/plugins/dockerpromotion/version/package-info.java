/** Patterns of tags, the versions they find in them, and the order of those versions. */
package io.jenkins.plugins.dockerpromotion.version;
