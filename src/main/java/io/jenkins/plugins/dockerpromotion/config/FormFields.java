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
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;

/** What the forms of steps, triggers and settings have in common: checks, and lists that are one text in a form. */
public final class FormFields {

    private FormFields() {}

    /** What {@code check} says, or why it could not read the value. */
    public static FormValidation check(Supplier<FormValidation> check) {
        try {
            return check.get();
        } catch (IllegalArgumentException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    /** Whether {@code parser} can read {@code value}. */
    public static FormValidation parsed(String value, Consumer<String> parser) {
        return check(() -> {
            parser.accept(value);
            return FormValidation.ok();
        });
    }

    /** Whether {@code parser} can read the pattern of a tag, and which tags it matches. */
    public static FormValidation pattern(String pattern, Consumer<String> parser) {
        return check(() -> {
            parser.accept(pattern);
            return PatternExample.of(pattern, Instant.now())
                    .map(example -> FormValidation.ok(Messages.FormFields_matches(example.tag(), example.other())))
                    .orElseGet(FormValidation::ok);
        });
    }

    /** The words of a text, with commas or blanks between them. */
    public static List<String> words(String text) {
        return Stream.of(Util.fixNull(text).split("[,\\s]+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** The lines of a text, but for blank ones. */
    public static List<String> lines(String text) {
        return Util.fixNull(text)
                .lines()
                .map(String::trim)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** The text that a form shows for words. */
    public static String ofWords(Collection<String> words) {
        return String.join(", ", words);
    }

    /**
     * Makes a list of the text that a form submits for {@code field}.
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
