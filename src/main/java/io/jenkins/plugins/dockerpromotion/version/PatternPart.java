package io.jenkins.plugins.dockerpromotion.version;

import java.io.Serializable;
import java.util.regex.Pattern;

/** A part of a pattern: literal text or a field. */
sealed interface PatternPart extends Serializable {

    /** The regular expression for this part of a tag. */
    String expression();

    /** Text outside braces. */
    record Text(String text) implements PatternPart {
        @Override
        public String expression() {
            return Pattern.quote(text);
        }
    }

    /**
     * A field.
     *
     * @param packed whether a digit or another field is next to it, so that it must be padded with zeros
     */
    record Field(TagField field, boolean packed) implements PatternPart {
        @Override
        public String expression() {
            return "(?<" + field.fieldName() + '>' + field.expression(packed) + ')';
        }
    }
}
