package io.jenkins.plugins.dockerpromotion.version;

import java.math.BigInteger;
import java.util.Optional;

/**
 * Asks for the version of a build.
 *
 * @param bump whether the next free number is taken where that of the build cannot be
 */
public record VersionRequest(VersionTemplate template, BigInteger build, boolean bump) {

    /**
     * The version to give.
     *
     * @param bumped why it does not have the build's number; empty if it has
     */
    public record Decision(String version, Optional<String> bumped) {}

    /** A survey that looks for what this request needs to know. */
    public VersionSurvey survey() {
        return new VersionSurvey(template.pattern(), template.version(build));
    }

    /** What was asked for, in a text that is the same when it is asked for again. */
    public String asked() {
        return template.asked(build);
    }

    /**
     * Decides after all versions were seen: no version is given twice, no number of a build neither, and each version is
     * newer than all that exist.
     *
     * @throws IllegalArgumentException in one line, if no version can be given
     */
    public Decision decide(VersionSurvey seen) {
        Optional<String> objection = seen.objection();
        if (objection.isEmpty()) {
            return new Decision(template.version(build).tag(), Optional.empty());
        }
        String why = objection.get();
        if (!template.pattern().hasBuild()) {
            throw new IllegalArgumentException(why + "; use other 'values', or a pattern with {build}");
        }
        ImageVersion next = template.version(seen.nextBuild());
        seen.objectionTo(next).ifPresent(still -> {
            throw new IllegalArgumentException(why + ", and with the next free number, " + still
                    + "; check the clock of the controller, 'zone' and 'values'");
        });
        if (!bump) {
            throw new IllegalArgumentException(why
                    + "; the build number may have been reset, a later build may have been first, or another job may create versions there. Use"
                    + " 'bump: true' for the next free number, " + seen.nextBuild()
                    + ", or set the job's next build number");
        }
        return new Decision(next.tag(), Optional.of(why));
    }
}
