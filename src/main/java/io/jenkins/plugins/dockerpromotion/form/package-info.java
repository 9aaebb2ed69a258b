/** What the forms of steps, triggers and settings have in common. */
package io.jenkins.plugins.dockerpromotion.form;
