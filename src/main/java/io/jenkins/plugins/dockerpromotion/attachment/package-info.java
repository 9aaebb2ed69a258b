/** What refers to an image: signatures, attestations and SBOMs. Found, copied, verified and deleted. Free of Jenkins. */
package io.jenkins.plugins.dockerpromotion.attachment;
