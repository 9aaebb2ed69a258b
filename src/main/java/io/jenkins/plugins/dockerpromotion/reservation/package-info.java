/** The versions that this controller has promised to builds, so that no two get the same one. */
package io.jenkins.plugins.dockerpromotion.reservation;
