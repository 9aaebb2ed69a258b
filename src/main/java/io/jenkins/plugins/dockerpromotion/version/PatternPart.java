package io.jenkins.plugins.dockerpromotion.version;

import java.util.regex.Pattern;

/** A piece of a pattern: text that matches itself, or a field. */
sealed interface PatternPart {

    /** The regular expression of what can stand there in a tag. */
    String expression();

    /** What stands there in every tag; empty if that differs. */
    String literal();

    /** Text outside braces. */
    record Text(String text) implements PatternPart {
        @Override
        public String expression() {
            return Pattern.quote(text);
        }

        @Override
        public String literal() {
            return text;
        }
    }

    /**
     * A field.
     *
     * @param packed whether a digit stands next to it, or another field, so that it has to be padded with zeros
     */
    record Field(TagField field, boolean packed) implements PatternPart {
        @Override
        public String expression() {
            return "(?<" + field.fieldName() + '>' + field.expression(packed) + ')';
        }

        @Override
        public String literal() {
            return "";
        }
    }
}
