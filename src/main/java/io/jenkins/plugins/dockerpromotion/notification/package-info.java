/** Webhook notifications of registries, and the report to Docker Hub. Independent of Jenkins. */
package io.jenkins.plugins.dockerpromotion.notification;
