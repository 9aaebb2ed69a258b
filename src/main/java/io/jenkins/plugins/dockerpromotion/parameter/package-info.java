/** A build parameter whose value is a tag of an image. */
package io.jenkins.plugins.dockerpromotion.parameter;
