/** What this controller has promised to builds. */
package io.jenkins.plugins.dockerpromotion.reservation;
