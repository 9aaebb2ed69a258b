/** Script approvals that hand-written helpers for registries needed, and that can go once the steps of this plugin do their work. */
package io.jenkins.plugins.dockerpromotion.approvals;
