package io.jenkins.plugins.dockerpromotion.config;

import hudson.util.FormValidation;
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

    /** Whether {@code parser} can read {@code value}. */
    public static FormValidation parsed(String value, Consumer<String> parser) {
        return of(() -> {
            parser.accept(value);
            return FormValidation.ok();
        });
    }
}
