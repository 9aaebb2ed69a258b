/** What crosses the channel: operations that do all their HTTP on the agent and return plain data, and what runs them. */
package io.jenkins.plugins.dockerpromotion.agent;
