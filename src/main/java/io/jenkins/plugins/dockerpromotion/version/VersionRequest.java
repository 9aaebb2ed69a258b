package io.jenkins.plugins.dockerpromotion.version;

import java.math.BigInteger;
import java.util.Optional;

/**
 * A request for the version of a build.
 *
 * @param bump whether to use the next free number if the build's number cannot be used
 */
public record VersionRequest(VersionTemplate template, BigInteger build, boolean bump) {

    /**
     * The version for the build.
     *
     * @param bumped why it does not have the build's number; empty if it does
     */
    public record Decision(String version, Optional<String> bumped) {}

    /** A new collector of what this request needs to know about existing versions. */
    public UsedVersions usedVersions() {
        return new UsedVersions(template.pattern(), template.version(build));
    }

    /** The request as text; the same request always has the same text. */
    public String asked() {
        return template.asked(build);
    }

    /**
     * Decides after all versions were added: no version and no build number is used twice, and each version is newer
     * than all existing ones.
     *
     * @throws IllegalArgumentException in one line, if no version can be created
     */
    public Decision decide(UsedVersions used) {
        Optional<String> conflict = used.conflict();
        if (conflict.isEmpty()) {
            return new Decision(template.version(build).tag(), Optional.empty());
        }
        String why = conflict.get();
        if (!template.pattern().hasBuild()) {
            throw new IllegalArgumentException(why + "; use other 'values', or a pattern with {build}");
        }
        ImageVersion next = template.version(used.nextBuild());
        used.conflictOf(next).ifPresent(still -> {
            throw new IllegalArgumentException(why + "; the next free number does not help: " + still
                    + "; check the clock of the controller, 'zone' and 'values'");
        });
        if (!bump) {
            throw new IllegalArgumentException(why
                    + "; the build number may have been reset, a later build may have been faster, or another job may"
                    + " create versions, too. Use 'bump: true' for the next free number, " + used.nextBuild()
                    + ", or set the job's next build number");
        }
        return new Decision(next.tag(), Optional.of(why));
    }
}
