package io.jenkins.plugins.dockerpromotion.version;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What must be known about existing versions before creating one: the newest version, the highest build number, and a
 * version that conflicts with the wanted one. Keeps only these, however many tags it is given.
 */
public final class UsedVersions implements Serializable {

    private static final long serialVersionUID = 1L;

    private final TagPattern pattern;
    private final ImageVersion wanted;
    private Known newest;
    private Known taken;
    private BigInteger highestBuild = BigInteger.ZERO;
    /** Builds up to this one may have had a version that is no longer stored. */
    private BigInteger usedUpTo = BigInteger.ONE.negate();

    private int checked;

    /** @param wanted the version to create unless there is a conflict */
    UsedVersions(TagPattern pattern, ImageVersion wanted) {
        this.pattern = pattern;
        this.wanted = wanted;
        wanted.build().ifPresent(build -> highestBuild = build);
    }

    /** A new one for the same version, without any tag. */
    public UsedVersions fresh() {
        return new UsedVersions(pattern, wanted);
    }

    /** A version that is a tag, or that is reserved for a build and may become one. */
    private record Known(ImageVersion version, boolean isTag) implements Serializable {
        @Override
        public String toString() {
            // Does not name the build: the reader may not be allowed to know that job.
            return version + (isTag ? "" : " (reserved)");
        }
    }

    /** Adds a tag of the image. */
    public void add(String tag) {
        checked++;
        add(tag, true);
    }

    /** Adds a version that a build was given. */
    void addReserved(String version) {
        add(version, false);
    }

    private void add(String tag, boolean isTag) {
        pattern.match(tag).ifPresent(version -> {
            if (newest == null || version.compareTo(newest.version()) > 0) {
                newest = new Known(version, isTag);
            }
            if (taken == null && isWanted(version)) {
                taken = new Known(version, isTag);
            }
            version.build().ifPresent(build -> highestBuild = highestBuild.max(build));
        });
    }

    /** How many tags were added. */
    public int checked() {
        return checked;
    }

    /** Treats all builds up to this one as having a version. */
    void useUpTo(BigInteger build) {
        usedUpTo = build;
        highestBuild = highestBuild.max(build);
    }

    BigInteger nextBuild() {
        return highestBuild.add(BigInteger.ONE);
    }

    /** Why the wanted version cannot be used; empty if it can. */
    Optional<String> conflict() {
        if (taken == null
                && wanted.build()
                        .filter(build -> build.compareTo(usedUpTo) <= 0)
                        .isEmpty()) {
            return conflictOf(wanted);
        }
        String what = wanted.build()
                .map(build -> taken == null
                        ? "build numbers up to " + usedUpTo + " are already used"
                        : "build " + build + " already has the version " + taken)
                .orElseGet(() -> "the version " + taken + " already exists");
        return Optional.of(what + (pattern.isOrdered() ? ", and the newest version is " + newest : ""));
    }

    /** Why a version with a free build number cannot be used; empty if it can. */
    Optional<String> conflictOf(ImageVersion version) {
        if (newest == null || !pattern.isOrdered()) {
            return Optional.empty();
        }
        int order = version.comparePrecedence(newest.version());
        // Versions of different commits can have the same numbers.
        return order > 0 || (order == 0 && pattern.has(TagField.SHA))
                ? Optional.empty()
                : Optional.of(version + " is not newer than " + newest + ", the newest version");
    }

    private boolean isWanted(ImageVersion version) {
        return wanted.build()
                .map(version::isOfBuild)
                .orElseGet(() -> version.tag().equals(wanted.tag()));
    }
}
