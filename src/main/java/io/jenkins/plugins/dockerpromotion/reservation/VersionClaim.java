package io.jenkins.plugins.dockerpromotion.reservation;

import hudson.model.Run;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.version.VersionRequest;
import java.util.Optional;

/**
 * A build asks for a version.
 *
 * @param subject what the versions are of: an image or, without one, a job
 * @param holder the build, in words
 */
public record VersionClaim(String subject, String holder, VersionRequest request) {

    /** @param image that the version is for; without one, versions are those of the job */
    public static VersionClaim of(Run<?, ?> run, Optional<ImageName> image, VersionRequest request) {
        String job = run.getParent().getFullName();
        // With its time, for a job may have had another build of this number.
        String holder =
                job + " #" + run.getNumber() + " of " + run.getTimestamp().toInstant();
        return new VersionClaim(image.map(name -> "image " + name).orElse("job " + job), holder, request);
    }

    /** What no two builds may have the same version of: the subject, by a pattern. */
    String sequence() {
        return subject + " " + request.template().pattern();
    }
}
