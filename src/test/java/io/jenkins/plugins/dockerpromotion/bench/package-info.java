/** Measures this plugin's client beside the tools that people use, on one machine and in one run; see {@code bin/bench}. */
package io.jenkins.plugins.dockerpromotion.bench;
