package io.jenkins.plugins.dockerpromotion.version;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a pattern such as <code>{year}.{week}.{build}</code> and refuses those that could be read in two ways. */
final class PatternParser {

    private static final int MAX_LENGTH = 256;
    private static final Pattern TOKEN = Pattern.compile("\\{([^{}]*)\\}|([^{}]+)|[{}]");
    private static final Pattern TAG_CHARACTERS = Pattern.compile("[A-Za-z0-9_.-]*");

    private final String pattern;
    private final List<Object> parts = new ArrayList<>();
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
            throw problem("it has no field; there are " + TagField.names());
        }
        refuseAmbiguity();
    }

    List<TagField> fields() {
        return List.copyOf(fields);
    }

    /** The regular expression of a whole tag, with a named group for each field. */
    String expression() {
        StringBuilder expression = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) instanceof TagField field) {
                String digits = field.expression(touchesDigit(i));
                expression
                        .append("(?<")
                        .append(field.fieldName())
                        .append('>')
                        .append(digits)
                        .append(')');
            } else {
                expression.append(Pattern.quote((String) parts.get(i)));
            }
        }
        return expression.toString();
    }

    private void add(Matcher token) {
        if (token.group(1) != null) {
            TagField field = TagField.named(token.group(1))
                    .orElseThrow(
                            () -> problem("there is no field {" + token.group(1) + "}; there are " + TagField.names()));
            if (fields.contains(field)) {
                throw problem("{" + field.fieldName() + "} stands in it twice");
            }
            fields.add(field);
            parts.add(field);
        } else if (token.group(2) == null) {
            throw problem("the brace at position " + (token.start() + 1) + " has no partner");
        } else if (!TAG_CHARACTERS.matcher(token.group(2)).matches()) {
            throw problem("'" + token.group(2)
                    + "' has a character that no tag can have; besides fields there can be letters, digits, '_', '.'"
                    + " and '-'");
        } else {
            parts.add(token.group(2));
        }
    }

    /**
     * Two fields of any length need something between them that cannot be part of either; digits cannot be told from
     * a number.
     */
    private void refuseAmbiguity() {
        TagField open = null;
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) instanceof TagField field) {
                if (field.canBePacked() && touchesDigit(i)) {
                    continue;
                }
                if (open != null) {
                    throw problem("nothing tells where {" + open.fieldName() + "} ends and {" + field.fieldName()
                            + "} begins; put a '.', '-' or '_' between them");
                }
                open = field;
            } else if (!isDigits(parts.get(i))) {
                open = null;
            }
        }
    }

    private boolean touchesDigit(int index) {
        return continues(index - 1, true) || continues(index + 1, false);
    }

    /** Whether the part there could be taken for more of a number next to it. */
    private boolean continues(int index, boolean atItsEnd) {
        if (index < 0 || index >= parts.size()) {
            return false;
        }
        if (parts.get(index) instanceof String text) {
            return isDigit(text.charAt(atItsEnd ? text.length() - 1 : 0));
        }
        return true;
    }

    private static boolean isDigits(Object part) {
        return part instanceof String text && text.chars().allMatch(PatternParser::isDigit);
    }

    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }

    private IllegalArgumentException problem(String why) {
        return new IllegalArgumentException("The pattern '" + pattern + "' cannot be used: " + why + ".");
    }
}
