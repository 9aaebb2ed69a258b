/** A build parameter for a tag of an image. */
package io.jenkins.plugins.dockerpromotion.parameter;
