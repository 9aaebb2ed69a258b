package io.jenkins.plugins.dockerpromotion.version;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The versions that were created by one pattern: the last ones with their builds, and a summary of the older ones that
 * prevents repeating them. Immutable, of bounded size, and made of plain fields because it is stored in a file.
 */
public final class GivenVersions implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Far more than the number of builds of one image that run at the same time. */
    static final int REMEMBERED = 50;

    private static final BigInteger NO_BUILD = BigInteger.ONE.negate();

    private final ArrayList<Given> last;
    /** The highest build number of the versions that are not among the last ones. */
    private final BigInteger highestBefore;

    private GivenVersions(List<Given> last, BigInteger highestBefore) {
        this.last = new ArrayList<>(last);
        this.highestBefore = highestBefore;
    }

    /** A version and its build. */
    public static final class Given implements Serializable {
        private static final long serialVersionUID = 1L;

        private final String holder;
        private final String asked;
        private final String version;

        Given(String holder, String asked, String version) {
            this.holder = holder;
            this.asked = asked;
            this.version = version;
        }
    }

    /** No version has been created yet. */
    public static GivenVersions none() {
        return new GivenVersions(List.of(), NO_BUILD);
    }

    /** The version that {@code holder} already has for the same request. */
    public Optional<String> of(String holder, VersionRequest request) {
        String asked = request.asked();
        return last.stream()
                .filter(given -> given.holder.equals(holder) && given.asked.equals(asked))
                .map(given -> given.version)
                .findFirst();
    }

    /** Decides about {@code request} like {@link VersionRequest#decide}, taking these versions into account, too. */
    public VersionRequest.Decision decide(VersionRequest request, UsedVersions tags) {
        tags.useUpTo(highestBefore);
        last.forEach(given -> tags.addReserved(given.version));
        return request.decide(tags);
    }

    /** These versions and one more; drops the oldest one if there are too many. */
    public GivenVersions with(String holder, VersionRequest request, String version) {
        List<Given> more = new ArrayList<>(last);
        more.add(new Given(holder, request.asked(), version));
        if (more.size() <= REMEMBERED) {
            return new GivenVersions(more, highestBefore);
        }
        // All remaining versions are newer, but a new week may have begun with a lower number.
        BigInteger forgotten = request.template()
                .pattern()
                .match(more.remove(0).version)
                .flatMap(ImageVersion::build)
                .orElse(NO_BUILD);
        return new GivenVersions(more, highestBefore.max(forgotten));
    }
}
