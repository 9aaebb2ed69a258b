package io.jenkins.plugins.dockerpromotion.version;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What has to be known of the versions that exist before another one is given: the newest, the highest number of a build,
 * and one that is the wanted one's already. Keeps no more than these, however many tags it is shown.
 */
public final class VersionSurvey implements Serializable {

    private static final long serialVersionUID = 1L;

    private final TagPattern pattern;
    private final ImageVersion wanted;
    private Known newest;
    private Known taken;
    private BigInteger highestBuild = BigInteger.ZERO;
    /** Builds up to this one may have had a version that is not known any more. */
    private BigInteger usedUpTo = BigInteger.ONE.negate();

    private int looked;

    /** @param wanted the version to give if nothing stands against it */
    VersionSurvey(TagPattern pattern, ImageVersion wanted) {
        this.pattern = pattern;
        this.wanted = wanted;
        wanted.build().ifPresent(this::count);
    }

    /** A survey that looks for the same and has seen nothing yet. */
    public VersionSurvey anew() {
        return new VersionSurvey(pattern, wanted);
    }

    /** A version that is a tag, or was given to a build and may become one. */
    private record Known(ImageVersion version, boolean isTag) implements Serializable {
        @Override
        public String toString() {
            // Not to whom: who asks may not be allowed to know of that job.
            return version + (isTag ? "" : " (given before)");
        }
    }

    /** Looks at a tag of the image. */
    public void see(String tag) {
        looked++;
        see(tag, true);
    }

    /** Looks at a version that a build was given. */
    void seeGiven(String version) {
        see(version, false);
    }

    private void see(String tag, boolean isTag) {
        pattern.match(tag).ifPresent(version -> {
            if (newest == null || version.compareTo(newest.version()) > 0) {
                newest = new Known(version, isTag);
            }
            if (taken == null && isWanted(version)) {
                taken = new Known(version, isTag);
            }
            version.build().ifPresent(this::count);
        });
    }

    /** How many tags it was shown. */
    public int looked() {
        return looked;
    }

    /** Takes all builds up to this one for such that have a version. */
    void useUpTo(BigInteger build) {
        usedUpTo = build;
        count(build);
    }

    BigInteger nextBuild() {
        return highestBuild.add(BigInteger.ONE);
    }

    /** Why the wanted version cannot be given. */
    Optional<String> objection() {
        if (taken == null && wanted.build().filter(this::isUsed).isEmpty()) {
            return objectionTo(wanted);
        }
        String what = wanted.build()
                .map(build -> taken == null
                        ? "the numbers up to " + usedUpTo + " were given to earlier builds"
                        : "build " + build + " has the version " + taken + " already")
                .orElseGet(() -> "the version " + taken + " is there already");
        return Optional.of(what + (pattern.isOrdered() ? ", the newest one there is " + newest : ""));
    }

    /** Why a version with a number that is free cannot be given. */
    Optional<String> objectionTo(ImageVersion version) {
        if (newest == null || !pattern.isOrdered()) {
            return Optional.empty();
        }
        int order = version.comparePrecedence(newest.version());
        return order > 0 || (order == 0 && pattern.hasCommit())
                ? Optional.empty()
                : Optional.of(version + " would not be newer than " + newest + ", the newest version there");
    }

    private void count(BigInteger build) {
        highestBuild = highestBuild.max(build);
    }

    private boolean isUsed(BigInteger build) {
        return build.compareTo(usedUpTo) <= 0;
    }

    private boolean isWanted(ImageVersion version) {
        return wanted.build()
                .map(version::isOfBuild)
                .orElseGet(() -> version.tag().equals(wanted.tag()));
    }
}
