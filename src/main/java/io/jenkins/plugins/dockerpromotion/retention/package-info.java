/** Deletes tags: one that is named, or those that nobody needs any more. */
package io.jenkins.plugins.dockerpromotion.retention;
