/** What registries tell of pushes, and what they are answered: read and written without Jenkins. */
package io.jenkins.plugins.dockerpromotion.notification;
