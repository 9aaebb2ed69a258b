/** Pushes that others tell Jenkins of: what starts builds for them, and how they are answered. */
package io.jenkins.plugins.dockerpromotion.webhook;
