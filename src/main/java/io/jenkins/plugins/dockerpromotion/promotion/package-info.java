/** Promotes images by their manifests: plan, execution and receipt. Independent of Jenkins. */
package io.jenkins.plugins.dockerpromotion.promotion;
