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
 * The form of an image's tags, and where the numbers are in them.
 *
 * <p>A pattern is text with fields, for example <code>{year}.{week}.{build}</code>. It matches whole tags, and all text
 * outside braces is literal, including dots. The fields are {@code year} (four digits), {@code month}, {@code week},
 * {@code day} (may be padded with a zero, and must be next to another field or a digit), {@code build}, {@code major},
 * {@code minor}, {@code patch} (no leading zeros), {@code sha} (a commit; does not affect the order) and, at the end,
 * {@code prerelease}: nothing, or a hyphen and identifiers separated by dots. So
 * <code>{major}.{minor}.{patch}{prerelease}</code> orders semantic versions as semver.org does, {@code 1.2.3-rc.1}
 * before {@code 1.2.3}.
 */
public final class TagPattern implements Serializable {

    /** The default pattern: the year of the ISO week, the week, and the build number. */
    public static final String DEFAULT = "{year}.{week}.{build}";

    private static final long serialVersionUID = 1L;
    private static final int MAX_TAG_LENGTH = 128;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final String BUILD = TagField.BUILD.fieldName();

    private final String text;
    private final String beginning;
    /** Null unless the build is the only field. */
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
     * Parses a pattern.
     *
     * @throws IllegalArgumentException in one sentence, if the pattern is invalid or ambiguous
     */
    public static TagPattern of(String pattern) {
        return of(pattern, new PatternParser(pattern));
    }

    static TagPattern of(String pattern, PatternParser parsed) {
        return new TagPattern(pattern, parsed.parts(), Pattern.compile(parsed.expression()), parsed.fields(), false);
    }

    /**
     * Creates a pattern from a regular expression, which must match the whole tag. Its optional group {@code
     * (?<build>…)} matches the build number. Other groups with the names of fields order the versions; without them,
     * all numbers of the tag do, from left to right.
     *
     * @throws IllegalArgumentException in one sentence, if the expression cannot be used
     */
    public static TagPattern regex(String regex) {
        ExpressionParser parser = new ExpressionParser(regex);
        return new TagPattern(regex, List.of(), parser.expression(), parser.fields(), true);
    }

    /** Whether this pattern can find a build. */
    public boolean hasBuild() {
        return significance.contains(TagField.BUILD);
    }

    /** The only possible tag of a build; empty if there are other fields. */
    public Optional<String> onlyTagOf(BigInteger build) {
        return Optional.ofNullable(ending).map(end -> beginning + build + end);
    }

    /** Whether versions can be ordered: a commit alone has no order. */
    public boolean isOrdered() {
        return isExpression || !significance.isEmpty() || hasPreRelease;
    }

    /** Whether two tags with equal numbers can be different versions, because their commits differ. */
    boolean hasCommit() {
        return hasCommit;
    }

    /**
     * This pattern, if it can find a build.
     *
     * @throws IllegalArgumentException if not
     */
    public TagPattern requireBuild() {
        if (!hasBuild()) {
            throw new IllegalArgumentException(
                    isExpression
                            ? "The regular expression '" + text
                                    + "' has no group (?<build>...) around the build number, so it cannot find a build."
                            : "The pattern '" + text + "' has no field {build}, so it cannot find a build.");
        }
        return this;
    }

    /**
     * The version in a tag; empty if the tag does not match.
     *
     * @throws IllegalArgumentException if a regular expression takes far too long on the tag
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
                    + "': it reads it more than " + CountedText.MAX_READS
                    + " times, usually because of nested repetitions.");
        }
    }

    /** The versions among these tags, newest first; ignores tags that do not match. */
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

    /** Whether a regular expression has no named group, or only that of the build. */
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

    /** A group of a regular expression may not take part in the match, or may match something other than digits. */
    private static Optional<BigInteger> number(String group) {
        return group != null && NUMBER.matcher(group).matches() ? Optional.of(new BigInteger(group)) : Optional.empty();
    }
}
