package io.jenkins.plugins.dockerpromotion.version;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the tags of an image look like, and where in them the numbers stand.
 *
 * <p>A pattern is text with fields, for example <code>{year}.{week}.{build}</code>. It matches whole tags only, and
 * everything outside braces matches itself, dots included. The fields are {@code year} (four digits), {@code month},
 * {@code week}, {@code day} (may be padded with a zero, and have to be where they touch another field or a digit),
 * {@code build}, {@code major}, {@code minor}, {@code patch} (no leading zeros), {@code sha} (a commit; has no part in the
 * order) and, at the end, {@code prerelease}: nothing, or a hyphen and identifiers with dots between them. So
 * <code>{major}.{minor}.{patch}{prerelease}</code> orders semantic versions as semver.org does, {@code 1.2.3-rc.1} before
 * {@code 1.2.3}.
 */
public final class TagPattern implements Serializable {

    /** What is meant where no pattern is given: the ISO week, its year, and the number of the build. */
    public static final String DEFAULT = "{year}.{week}.{build}";

    private static final long serialVersionUID = 1L;
    private static final int MAX_TAG_LENGTH = 128;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final String BUILD = TagField.BUILD.fieldName();

    private final String text;
    private final String beginning;
    /** Null if there is more in it than the build. */
    private final String ending;

    private final Pattern expression;
    private final List<TagField> significance;
    private final boolean hasCommit;
    private final boolean hasPreRelease;
    private final boolean isExpression;

    private TagPattern(
            String text, List<PatternPart> parts, Pattern expression, List<TagField> fields, boolean isExpression) {
        this.text = text;
        this.beginning = parts.isEmpty() ? "" : parts.get(0).literal();
        this.ending = !parts.isEmpty() && fields.equals(List.of(TagField.BUILD))
                ? parts.get(parts.size() - 1).literal()
                : null;
        this.expression = expression;
        this.significance = TagField.bySignificance(fields);
        this.hasCommit = fields.contains(TagField.SHA);
        this.hasPreRelease = fields.contains(TagField.PRERELEASE);
        this.isExpression = isExpression;
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException with one sentence for the author, if it is not one or could be read in two ways
     */
    public static TagPattern of(String pattern) {
        return of(pattern, new PatternParser(pattern));
    }

    static TagPattern of(String pattern, PatternParser parsed) {
        return new TagPattern(pattern, parsed.parts(), Pattern.compile(parsed.expression()), parsed.fields(), false);
    }

    /**
     * Makes a pattern of a regular expression, which has to match the whole tag; its group {@code (?<build>…)}, if it has
     * one, holds the number of the build. Other groups with the names of fields say what orders the versions; without any,
     * all numbers of the tag do, from left to right.
     *
     * @throws IllegalArgumentException with one sentence for the author, if the expression cannot be used
     */
    public static TagPattern regex(String regex) {
        ExpressionParser parser = new ExpressionParser(regex);
        return new TagPattern(regex, List.of(), parser.expression(), parser.fields(), true);
    }

    /** Whether a build can be looked for with this pattern. */
    public boolean hasBuild() {
        return significance.contains(TagField.BUILD);
    }

    /** What every tag of this pattern begins with, before its first field; empty where nothing is known of it. */
    public String beginning() {
        return beginning;
    }

    /** The only tag that a build can have; empty where other fields have a say in it. */
    public Optional<String> onlyTagOf(BigInteger build) {
        return Optional.ofNullable(ending).map(end -> beginning + build + end);
    }

    /** Whether one version can be newer than another: with a commit alone, none is. */
    public boolean isOrdered() {
        return isExpression || !significance.isEmpty() || hasPreRelease;
    }

    /** Whether two tags of equal numbers can stand for two versions, since the commit tells them apart. */
    boolean hasCommit() {
        return hasCommit;
    }

    /**
     * This pattern, if a build can be looked for with it.
     *
     * @throws IllegalArgumentException if not
     */
    public TagPattern requireBuild() {
        if (!hasBuild()) {
            throw new IllegalArgumentException(
                    isExpression
                            ? "The regular expression '" + text
                                    + "' has no group (?<build>...) around the number of the"
                                    + " build, so no build can be found with it."
                            : "The pattern '" + text + "' has no field {build}, so no build can be found with it.");
        }
        return this;
    }

    /**
     * The version in a tag; empty if the tag is none of this pattern.
     *
     * @throws IllegalArgumentException if a regular expression needs far too long for the tag
     */
    public Optional<ImageVersion> match(String tag) {
        if (tag.length() > MAX_TAG_LENGTH) {
            return Optional.empty();
        }
        Matcher matcher = expression.matcher(new CountedText(tag));
        try {
            return matcher.matches() ? version(tag, matcher) : Optional.empty();
        } catch (CountedText.TooManyReads | StackOverflowError e) {
            throw new IllegalArgumentException("The regular expression '" + text + "' takes too long on the tag '" + tag
                    + "': it goes back over it more than " + CountedText.MAX_READS
                    + " times; repetitions inside repetitions are the usual reason.");
        }
    }

    /** The versions among these tags, the newest one first; tags of another form are left out. */
    public List<ImageVersion> newestFirst(Iterable<String> tags) {
        List<ImageVersion> versions = new ArrayList<>();
        tags.forEach(tag -> match(tag).ifPresent(versions::add));
        versions.sort(Comparator.reverseOrder());
        return List.copyOf(versions);
    }

    @Override
    public String toString() {
        return text;
    }

    private Optional<ImageVersion> version(String tag, Matcher matcher) {
        Optional<BigInteger> build = hasBuild() ? number(matcher.group(BUILD)) : Optional.empty();
        if (hasBuild() && build.isEmpty()) {
            return Optional.empty();
        }
        List<BigInteger> numbers = isOrderedByAllNumbers() ? allNumbers(tag) : numbers(matcher);
        return Optional.of(new ImageVersion(tag, numbers, preRelease(matcher), build));
    }

    /** A regular expression that names nothing, or nothing but the build. */
    private boolean isOrderedByAllNumbers() {
        return isExpression && !hasPreRelease && List.of(TagField.BUILD).containsAll(significance);
    }

    private Optional<PreRelease> preRelease(Matcher matcher) {
        String group = hasPreRelease ? matcher.group(TagField.PRERELEASE.fieldName()) : null;
        return Optional.ofNullable(group)
                .map(text -> text.startsWith("-") ? text.substring(1) : text)
                .filter(text -> !text.isEmpty())
                .map(PreRelease::of);
    }

    private List<BigInteger> numbers(Matcher matcher) {
        return significance.stream()
                .map(field -> number(matcher.group(field.fieldName())).orElse(BigInteger.ZERO))
                .toList();
    }

    private static List<BigInteger> allNumbers(String tag) {
        return NUMBER.matcher(tag)
                .results()
                .map(run -> new BigInteger(run.group()))
                .toList();
    }

    /** A group of a regular expression may have taken no part in the match, or hold something else than digits. */
    private static Optional<BigInteger> number(String group) {
        return group != null && NUMBER.matcher(group).matches() ? Optional.of(new BigInteger(group)) : Optional.empty();
    }
}
