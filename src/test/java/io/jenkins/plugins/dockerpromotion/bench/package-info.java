/** Compares this plugin's client with common tools, on one machine and in one run; see {@code bin/bench}. */
package io.jenkins.plugins.dockerpromotion.bench;
