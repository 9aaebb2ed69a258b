/** What people see of promotions: on the build's page, the job's page, and over all jobs. */
package io.jenkins.plugins.dockerpromotion.history;
