/** Finds, lists, deletes and prunes the tags of an image. Independent of Jenkins. */
package io.jenkins.plugins.dockerpromotion.tags;
