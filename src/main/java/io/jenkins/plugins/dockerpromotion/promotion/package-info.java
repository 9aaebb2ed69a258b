/** Finds the image of a build, and promotes it by its manifest: plan, execute, receipt. Free of Jenkins. */
package io.jenkins.plugins.dockerpromotion.promotion;
