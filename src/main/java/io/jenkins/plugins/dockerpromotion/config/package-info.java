/** What administrators set for all builds. */
package io.jenkins.plugins.dockerpromotion.config;
