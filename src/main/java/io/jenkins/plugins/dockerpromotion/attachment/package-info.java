/**
 * Attachments of images (signatures, attestations and SBOMs): find, copy, verify and delete them. Independent of
 * Jenkins.
 */
package io.jenkins.plugins.dockerpromotion.attachment;
