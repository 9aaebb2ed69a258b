package io.jenkins.plugins.dockerpromotion.config;

import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.version.PatternExample;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;

/** Shared parts of forms: checks, and lists that are one text in a form. */
public final class FormFields {

    private FormFields() {}

    /** Returns the result of {@code check}, or its error. */
    public static FormValidation check(Supplier<FormValidation> check) {
        try {
            return check.get();
        } catch (IllegalArgumentException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    /** Checks that {@code parser} accepts {@code value}. */
    public static FormValidation parsed(String value, Consumer<String> parser) {
        return check(() -> {
            parser.accept(value);
            return FormValidation.ok();
        });
    }

    /** Checks a field that only administrators fill in, and that may be empty. */
    static FormValidation ofAdministrator(String value, Consumer<String> parser) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String given = Util.fixEmptyAndTrim(value);
        return given == null ? FormValidation.ok() : parsed(given, parser);
    }

    /** Checks that {@code parser} accepts a pattern, and shows an example. */
    public static FormValidation pattern(String pattern, Consumer<String> parser) {
        return check(() -> {
            parser.accept(pattern);
            return PatternExample.of(pattern, Instant.now())
                    .map(example -> FormValidation.ok(Messages.FormFields_matches(example.tag(), example.other())))
                    .orElseGet(FormValidation::ok);
        });
    }

    /** Splits a text at commas and spaces. */
    public static List<String> words(String text) {
        return Stream.of(Util.fixNull(text).split("[,\\s]+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Splits a text into lines, without blank ones. */
    public static List<String> lines(String text) {
        return Util.fixNull(text)
                .lines()
                .map(String::trim)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** Joins words into the text that a form shows. */
    public static String ofWords(Collection<String> words) {
        return String.join(", ", words);
    }

    /**
     * Converts the text that a form submits for {@code field} into a list.
     *
     * @param reader {@link #words} or {@link #lines}
     */
    public static void split(JSONObject form, String field, Function<String, List<String>> reader) {
        if (form.opt(field) instanceof String text) {
            JSONArray list = new JSONArray();
            list.addAll(reader.apply(text));
            form.put(field, list);
        }
    }
}
