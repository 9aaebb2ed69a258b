/** The global configuration. */
package io.jenkins.plugins.dockerpromotion.config;
