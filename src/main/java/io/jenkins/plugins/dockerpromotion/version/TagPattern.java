package io.jenkins.plugins.dockerpromotion.version;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

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
    /** A tag has at most 128 characters, and a reasonable expression reads each of them a few times. */
    private static final int MAX_READS = 100_000;

    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final Pattern FIELD_GROUP = Pattern.compile("\\(\\?<([a-z]+)>");
    private static final String BUILD = TagField.BUILD.fieldName();

    private final String text;
    private final ArrayList<PatternPart> parts;
    private final Pattern expression;
    private final List<TagField> fields;
    private final List<TagField> significance;

    /** @param parts empty for a regular expression */
    private TagPattern(String text, List<PatternPart> parts, Pattern expression, List<TagField> fields) {
        this.text = text;
        this.parts = new ArrayList<>(parts);
        this.expression = expression;
        this.fields = fields;
        this.significance = TagField.bySignificance(fields);
    }

    /**
     * Parses a pattern.
     *
     * @throws IllegalArgumentException in one sentence, if the pattern is invalid or ambiguous
     */
    public static TagPattern of(String pattern) {
        PatternParser parsed = new PatternParser(pattern);
        return new TagPattern(pattern, parsed.parts(), Pattern.compile(parsed.expression()), parsed.fields());
    }

    /**
     * Creates a pattern from a regular expression, which must match the whole tag. Its optional group {@code
     * (?<build>…)} matches the build number. Other groups with the names of fields order the versions; without them,
     * all numbers of the tag do, from left to right.
     *
     * @throws IllegalArgumentException in one sentence, if the expression cannot be used
     */
    public static TagPattern regex(String regex) {
        try {
            Pattern expression = Pattern.compile(regex);
            List<TagField> fields = FIELD_GROUP
                    .matcher(regex)
                    .results()
                    .flatMap(group -> TagField.named(group.group(1)).stream())
                    .distinct()
                    .filter(field -> hasGroup(regex, field.fieldName()))
                    .toList();
            return new TagPattern(regex, List.of(), expression, fields);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("The regular expression '" + regex + "' cannot be used: "
                    + e.getDescription() + " near position " + (e.getIndex() + 1) + ".");
        }
    }

    /**
     * Java has a method for the names of groups only since version 20. Until then, an alternative that always matches
     * helps.
     */
    private static boolean hasGroup(String regex, String name) {
        Matcher matcher = Pattern.compile("|" + regex).matcher("");
        try {
            return matcher.lookingAt() && matcher.start(name) < 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    List<PatternPart> parts() {
        return parts;
    }

    boolean has(TagField field) {
        return fields.contains(field);
    }

    /** The fields in the order of the pattern. */
    List<TagField> fields() {
        return fields;
    }

    /** Whether this pattern can find a build. */
    public boolean hasBuild() {
        return significance.contains(TagField.BUILD);
    }

    /** The literal text before the first field; empty if there is none. */
    public String beginning() {
        return !isExpression() && parts.get(0) instanceof PatternPart.Text text ? text.text() : "";
    }

    /** The only possible tag of a build; empty if there are other fields. */
    public Optional<String> onlyTagOf(BigInteger build) {
        return isExpression() || !fields.equals(List.of(TagField.BUILD))
                ? Optional.empty()
                : Optional.of(parts.stream()
                        .map(part -> part instanceof PatternPart.Text text ? text.text() : build.toString())
                        .collect(Collectors.joining()));
    }

    /** Whether versions can be ordered: a commit alone has no order. */
    public boolean isOrdered() {
        return isExpression() || !significance.isEmpty() || has(TagField.PRERELEASE);
    }

    private boolean isExpression() {
        return parts.isEmpty();
    }

    /**
     * This pattern, if it can find a build.
     *
     * @throws IllegalArgumentException if not
     */
    public TagPattern requireBuild() {
        if (!hasBuild()) {
            throw new IllegalArgumentException(
                    isExpression()
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
        } catch (TooManyReads | StackOverflowError e) {
            throw new IllegalArgumentException("The regular expression '" + text + "' takes too long on the tag '" + tag
                    + "': it reads it more than " + MAX_READS
                    + " times, usually because of nested repetitions.");
        }
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
        return isExpression()
                && !has(TagField.PRERELEASE)
                && List.of(TagField.BUILD).containsAll(significance);
    }

    private Optional<PreRelease> preRelease(Matcher matcher) {
        String group = has(TagField.PRERELEASE) ? matcher.group(TagField.PRERELEASE.fieldName()) : null;
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

    /**
     * A text that can be read a limited number of times. This stops regular expressions with catastrophic backtracking,
     * because {@link Pattern} has no limit of its own.
     */
    private static final class CountedText implements CharSequence {

        private final String text;
        private int reads;

        CountedText(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++reads > MAX_READS) {
                throw new TooManyReads();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** Ends a match from within. */
    private static final class TooManyReads extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
