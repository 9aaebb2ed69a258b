package io.jenkins.plugins.dockerpromotion.version;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A tag that matches a {@link TagPattern}, with the numbers in it. Newer versions are greater.
 *
 * <p>Numbers are compared as numbers, the most significant one first: {@code 2017.10.103} is greater than {@code
 * 2017.9.103}. If the numbers are equal, a pre-release comes before the release. If these are equal, too ({@code
 * 2017.05.1} and {@code 2017.5.1}), the text of the tag decides, so that the order is consistent with {@code equals}.
 * Compare only versions of the same pattern.
 */
public final class ImageVersion implements Comparable<ImageVersion>, Serializable {

    private static final long serialVersionUID = 1L;
    private static final Comparator<PreRelease> RELEASE_LAST = Comparator.nullsLast(Comparator.naturalOrder());

    private final String tag;
    private final List<BigInteger> numbers;
    /** Null for a release. */
    private final PreRelease preRelease;
    /** Not necessarily one of the numbers: a regular expression may take it from anywhere. */
    private final BigInteger build;

    ImageVersion(String tag, List<BigInteger> numbers, Optional<PreRelease> preRelease, Optional<BigInteger> build) {
        this.tag = Objects.requireNonNull(tag);
        this.numbers = List.copyOf(numbers);
        this.preRelease = preRelease.orElse(null);
        this.build = build.orElse(null);
    }

    /** The tag in the registry. */
    public String tag() {
        return tag;
    }

    /** The numbers of the tag, the most significant one first. */
    public List<BigInteger> numbers() {
        return numbers;
    }

    /** The number of the build; empty if the pattern has no such field. */
    public Optional<BigInteger> build() {
        return Optional.ofNullable(build);
    }

    /** Whether this is the version of that build. */
    public boolean isOfBuild(BigInteger number) {
        return number.equals(build);
    }

    @Override
    public int compareTo(ImageVersion other) {
        int order = comparePrecedence(other);
        return order != 0 ? order : tag.compareTo(other.tag);
    }

    /** Compares without the text of the tag: zero for two spellings of one version. */
    int comparePrecedence(ImageVersion other) {
        int order = Arrays.compare(numbers.toArray(BigInteger[]::new), other.numbers.toArray(BigInteger[]::new));
        return order != 0 ? order : Objects.compare(preRelease, other.preRelease, RELEASE_LAST);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImageVersion that
                && tag.equals(that.tag)
                && numbers.equals(that.numbers)
                && Objects.equals(preRelease, that.preRelease);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tag, numbers, preRelease);
    }

    @Override
    public String toString() {
        return tag;
    }
}
