/** Looks up credentials for builds and forms, and keeps secrets out of build logs. */
package io.jenkins.plugins.dockerpromotion.credentials;
