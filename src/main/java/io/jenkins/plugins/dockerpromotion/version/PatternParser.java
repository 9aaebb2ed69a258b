package io.jenkins.plugins.dockerpromotion.version;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Parses a pattern such as <code>{year}.{week}.{build}</code>, and refuses ambiguous ones. */
final class PatternParser {

    private static final int MAX_LENGTH = 256;
    private static final Pattern TOKEN = Pattern.compile("\\{([^{}]*)\\}|([^{}]+)|[{}]");
    private static final Pattern TAG_CHARACTERS = Pattern.compile("[A-Za-z0-9_.-]*");

    private final String pattern;
    private final List<PatternPart> parts = new ArrayList<>();
    private final List<TagField> fields = new ArrayList<>();

    PatternParser(String pattern) {
        this.pattern = pattern;
        if (pattern.isBlank()) {
            throw problem("it is empty");
        }
        if (pattern.length() > MAX_LENGTH) {
            throw problem("it is longer than " + MAX_LENGTH + " characters");
        }
        if (pattern.startsWith(".") || pattern.startsWith("-")) {
            throw problem("a tag cannot begin with '" + pattern.charAt(0) + "'");
        }
        Matcher tokens = TOKEN.matcher(pattern);
        while (tokens.find()) {
            add(tokens);
        }
        if (fields.isEmpty()) {
            throw problem("it has no field; the fields are " + TagField.names());
        }
        packNeighbours();
        refuseAmbiguity();
        refuseMisplacedPreRelease();
    }

    List<TagField> fields() {
        return List.copyOf(fields);
    }

    List<PatternPart> parts() {
        return List.copyOf(parts);
    }

    /** The regular expression of a whole tag, with a named group for each field. */
    String expression() {
        return parts.stream().map(PatternPart::expression).collect(Collectors.joining());
    }

    private void add(Matcher token) {
        if (token.group(1) != null) {
            TagField field = TagField.named(token.group(1))
                    .orElseThrow(() ->
                            problem("there is no field {" + token.group(1) + "}; the fields are " + TagField.names()));
            if (fields.contains(field)) {
                throw problem(field.inBraces() + " occurs twice");
            }
            fields.add(field);
            parts.add(new PatternPart.Field(field, false));
        } else if (token.group(2) == null) {
            throw problem("the brace at position " + (token.start() + 1) + " is not matched");
        } else if (!TAG_CHARACTERS.matcher(token.group(2)).matches()) {
            throw problem("'" + token.group(2)
                    + "' contains a character that is not allowed in a tag; use letters, digits, '_', '.' and '-'"
                    + " besides fields");
        } else {
            parts.add(new PatternPart.Text(token.group(2)));
        }
    }

    private void packNeighbours() {
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) instanceof PatternPart.Field part && (continues(i - 1, true) || continues(i + 1, false))) {
                parts.set(i, new PatternPart.Field(part.field(), true));
            }
        }
    }

    /**
     * Two fields of variable length need a separator that cannot be part of either: a digit could belong to a number. A
     * pre-release begins with its own hyphen.
     */
    private void refuseAmbiguity() {
        TagField open = null;
        for (PatternPart part : parts) {
            if (part instanceof PatternPart.Field next && !isPreRelease(part)) {
                if (next.field().canBePacked() && next.packed()) {
                    continue;
                }
                if (open != null) {
                    throw problem("it is ambiguous where " + open.inBraces() + " ends and "
                            + next.field().inBraces() + " begins; put a '.', '-' or '_' between them");
                }
                open = next.field();
            } else if (!isDigits(part)) {
                open = null;
            }
        }
    }

    /**
     * At the end, nothing that follows can be read as one of its identifiers, and it has the least weight in the order.
     */
    private void refuseMisplacedPreRelease() {
        if (!fields.contains(TagField.PRERELEASE)) {
            return;
        }
        if (parts.size() == 1 || !isPreRelease(parts.get(parts.size() - 1))) {
            throw problem("{prerelease} must be at the end, after the version");
        }
        if (parts.get(parts.size() - 2) instanceof PatternPart.Text text
                && text.text().endsWith("-")) {
            throw problem("{prerelease} includes its hyphen; remove the '-' before it");
        }
    }

    /** Whether this part could be read as part of a number next to it. */
    private boolean continues(int index, boolean atItsEnd) {
        if (index < 0 || index >= parts.size()) {
            return false;
        }
        if (parts.get(index) instanceof PatternPart.Text part) {
            String text = part.text();
            return isDigit(text.charAt(atItsEnd ? text.length() - 1 : 0));
        }
        return !isPreRelease(parts.get(index));
    }

    private static boolean isPreRelease(PatternPart part) {
        return part instanceof PatternPart.Field it && it.field() == TagField.PRERELEASE;
    }

    private static boolean isDigits(PatternPart part) {
        return part instanceof PatternPart.Text text && text.text().chars().allMatch(PatternParser::isDigit);
    }

    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }

    private IllegalArgumentException problem(String why) {
        return new IllegalArgumentException("The pattern '" + pattern + "' cannot be used: " + why + ".");
    }
}
