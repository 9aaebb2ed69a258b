package io.jenkins.plugins.dockerpromotion.version;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What the tags of an image look like, and where in them the numbers stand.
 *
 * <p>A pattern is text with fields, for example <code>{year}.{week}.{build}</code>. It matches whole tags only, and
 * everything outside braces stands for itself, dots included. The fields are {@code year} (four digits), {@code month},
 * {@code week}, {@code day} (may be padded with a zero, and have to be where they touch another field or a digit),
 * {@code build}, {@code major}, {@code minor}, {@code patch} (no leading zeros) and {@code sha} (a commit; has no part
 * in the order).
 */
public final class TagPattern implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final int MAX_TAG_LENGTH = 128;
    private static final int MAX_EXPRESSION_LENGTH = 500;
    private static final Pattern FIELD_GROUP = Pattern.compile("\\(\\?<([a-z]+)>");
    private static final Pattern COUNTED_REPETITION = Pattern.compile("\\{([0-9]{1,9})(?:,([0-9]{1,9}))?");
    private static final double MAX_REPETITIONS = 1e8;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final String BUILD = TagField.BUILD.fieldName();

    private final String text;
    private final Pattern expression;
    private final List<TagField> significance;
    private final boolean isExpression;

    private TagPattern(String text, Pattern expression, List<TagField> fields, boolean isExpression) {
        this.text = text;
        this.expression = expression;
        this.significance = TagField.bySignificance(fields);
        this.isExpression = isExpression;
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException with one sentence for the author, if it is not one or could be read in two ways
     */
    public static TagPattern of(String pattern) {
        PatternParser parser = new PatternParser(pattern);
        return new TagPattern(pattern, Pattern.compile(parser.expression()), parser.fields(), false);
    }

    /**
     * Makes a pattern of a regular expression, which has to match the whole tag and to have a group
     * {@code (?<build>…)}. Other groups with the names of fields say what orders the versions; without any, all numbers
     * of the tag do, from left to right.
     *
     * @throws IllegalArgumentException with one sentence for the author, if the expression cannot be used
     */
    public static TagPattern regex(String regex) {
        if (regex.length() > MAX_EXPRESSION_LENGTH) {
            throw unusable(regex, "it is longer than " + MAX_EXPRESSION_LENGTH + " characters");
        }
        refuseEndlessCounting(regex);
        Pattern expression = compiled(regex);
        if (!hasGroup(regex, BUILD)) {
            throw unusable(regex, "it has no group (?<build>...) around the number of the build");
        }
        List<TagField> fields = new ArrayList<>();
        Matcher groups = FIELD_GROUP.matcher(regex);
        while (groups.find()) {
            TagField.named(groups.group(1))
                    .filter(field -> !fields.contains(field) && hasGroup(regex, field.fieldName()))
                    .ifPresent(fields::add);
        }
        return new TagPattern(regex, expression, fields, true);
    }

    /** Whether a build can be looked for with this pattern. */
    public boolean hasBuild() {
        return significance.contains(TagField.BUILD);
    }

    /**
     * This pattern, if a build can be looked for with it.
     *
     * @throws IllegalArgumentException if not
     */
    public TagPattern requireBuild() {
        if (!hasBuild()) {
            throw new IllegalArgumentException(
                    "The pattern '" + text + "' has no field {build}, so no build can be found with it.");
        }
        return this;
    }

    /**
     * The version that a tag stands for; empty if the tag is none of this pattern.
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
        List<BigInteger> numbers = isExpression && significance.size() == 1 ? allNumbers(tag) : numbers(matcher);
        return Optional.of(new ImageVersion(tag, numbers, build));
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

    /** Nested counts of something that may be empty keep a match busy without reading a single character. */
    private static void refuseEndlessCounting(String regex) {
        double repetitions = COUNTED_REPETITION
                .matcher(regex)
                .results()
                .mapToDouble(count -> Double.parseDouble(count.group(count.group(2) == null ? 1 : 2)))
                .reduce(1, (product, count) -> product * Math.max(1, count));
        if (repetitions > MAX_REPETITIONS) {
            throw unusable(regex, "the counts of its repetitions are too high");
        }
    }

    private static Pattern compiled(String regex) {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw unusable(regex, e.getDescription() + " near position " + (e.getIndex() + 1));
        } catch (StackOverflowError e) {
            throw unusable(regex, "its parentheses are nested too deep");
        }
    }

    /** The class library tells the names of groups only from Java 20 on; an alternative that always matches does it. */
    private static boolean hasGroup(String regex, String name) {
        Matcher matcher = Pattern.compile("|" + regex).matcher("");
        if (!matcher.lookingAt()) {
            return false;
        }
        try {
            matcher.group(name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static IllegalArgumentException unusable(String regex, String why) {
        return new IllegalArgumentException("The regular expression '" + regex + "' cannot be used: " + why + ".");
    }
}
