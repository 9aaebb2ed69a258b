/** The webhook for pushes, the trigger that starts builds, and the report to Docker Hub. */
package io.jenkins.plugins.dockerpromotion.webhook;
