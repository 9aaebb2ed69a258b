package io.jenkins.plugins.dockerpromotion.version;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Parses a regular expression for tags, and refuses those that cannot find a build or may run forever. */
final class ExpressionParser {

    private static final int MAX_LENGTH = 500;
    private static final Pattern FIELD_GROUP = Pattern.compile("\\(\\?<([a-z]+)>");
    private static final Pattern COUNTED_REPETITION = Pattern.compile("\\{([0-9]{1,9})(?:,([0-9]{1,9}))?");
    private static final double MAX_REPETITIONS = 5e6;

    private final Pattern expression;
    private final List<TagField> fields = new ArrayList<>();

    ExpressionParser(String regex) {
        if (regex.length() > MAX_LENGTH) {
            throw unusable(regex, "it is longer than " + MAX_LENGTH + " characters");
        }
        refuseEndlessCounting(regex);
        expression = compiled(regex);
        Matcher groups = FIELD_GROUP.matcher(regex);
        while (groups.find()) {
            TagField.named(groups.group(1))
                    .filter(field -> !fields.contains(field) && hasGroup(regex, field.fieldName()))
                    .ifPresent(fields::add);
        }
    }

    Pattern expression() {
        return expression;
    }

    /** The fields that groups are named after, in the order of the groups. */
    List<TagField> fields() {
        return List.copyOf(fields);
    }

    /** Nested counts of something that may be empty keep a match busy without reading any character. */
    private static void refuseEndlessCounting(String regex) {
        double repetitions = COUNTED_REPETITION
                .matcher(regex)
                .results()
                .mapToDouble(count -> Double.parseDouble(count.group(count.group(2) == null ? 1 : 2)))
                .reduce(1, (product, count) -> product * Math.max(1, count));
        if (repetitions > MAX_REPETITIONS) {
            throw unusable(regex, "its repetition counts are too high");
        }
    }

    private static Pattern compiled(String regex) {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw unusable(regex, e.getDescription() + " near position " + (e.getIndex() + 1));
        } catch (StackOverflowError e) {
            throw unusable(regex, "its parentheses are nested too deeply");
        }
    }

    /**
     * Java has a method for the names of groups only since version 20. Until then, an alternative that always matches
     * helps.
     */
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
