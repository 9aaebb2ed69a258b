/** The recorded promotions on the pages of a build, a job, and all jobs. */
package io.jenkins.plugins.dockerpromotion.history;
