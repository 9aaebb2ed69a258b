package io.jenkins.plugins.dockerpromotion.form;

import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.version.PatternExample;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Shows in a form what the parsers of this plugin say about a value. */
public final class FormCheck {

    private FormCheck() {}

    /** What {@code check} says, or why it could not read the value. */
    public static FormValidation of(Supplier<FormValidation> check) {
        try {
            return check.get();
        } catch (IllegalArgumentException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    /** Whether {@code parser} can read the pattern of a tag, and which tags it matches. */
    public static FormValidation pattern(String pattern, Consumer<String> parser) {
        return of(() -> {
            parser.accept(pattern);
            return PatternExample.of(pattern, Instant.now())
                    .map(example -> FormValidation.ok(Messages.FormCheck_matches(example.tag(), example.other())))
                    .orElseGet(FormValidation::ok);
        });
    }

    /** Whether {@code parser} can read {@code value}. */
    public static FormValidation parsed(String value, Consumer<String> parser) {
        return of(() -> {
            parser.accept(value);
            return FormValidation.ok();
        });
    }
}
