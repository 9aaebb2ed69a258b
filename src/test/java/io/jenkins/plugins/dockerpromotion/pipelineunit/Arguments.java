package io.jenkins.plugins.dockerpromotion.pipelineunit;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The arguments of one call, converted to the parameter types. An absent argument has the step's default. */
final class Arguments {

    private final StepSignature signature;
    private final Map<String, Object> given;

    Arguments(StepSignature signature, Map<String, Object> given) {
        this.signature = signature;
        this.given = Collections.unmodifiableMap(new LinkedHashMap<>(given));
    }

    /** Returns the explicit arguments, without defaults. */
    Map<String, Object> given() {
        return given;
    }

    private <T> Optional<T> value(String name, Class<T> type) {
        return Optional.ofNullable(given.get(name))
                .or(() -> signature.parameters().get(name).fallback())
                .map(type::cast);
    }

    /** Returns the trimmed text, or the default if it is absent or blank. */
    Optional<String> text(String name) {
        return value(name, String.class)
                .map(String::trim)
                .filter(text -> !text.isEmpty())
                .or(() -> signature.parameters().get(name).fallback().map(String.class::cast));
    }

    /** @throws IllegalArgumentException with a one-line message if it is absent */
    String needed(String name) {
        return text(name).orElseThrow(() -> new IllegalArgumentException("'" + name + "' is needed"));
    }

    /** Returns the text without trimming it. */
    String plain(String name) {
        return value(name, String.class).orElse("");
    }

    boolean flag(String name) {
        return value(name, Boolean.class).orElse(false);
    }

    Optional<Long> number(String name) {
        return value(name, Long.class);
    }

    OptionalInt count(String name) {
        return number(name).stream().mapToInt(Math::toIntExact).findFirst();
    }

    @SuppressWarnings("unchecked") // steps.txt declares the types
    List<String> words(String name) {
        return value(name, List.class).orElse(List.of());
    }

    @SuppressWarnings("unchecked") // steps.txt declares the types
    Optional<Map<String, Object>> map(String name) {
        return Optional.ofNullable((Map<String, Object>) given.get(name));
    }

    @SuppressWarnings("unchecked") // steps.txt declares the types
    List<Map<String, Object>> maps(String name) {
        return value(name, List.class).orElse(List.of());
    }

    @SuppressWarnings("unchecked") // steps.txt declares the types
    List<Map<String, String>> logins(String name) {
        return value(name, List.class).orElse(List.of());
    }

    /** @throws IllegalArgumentException with a one-line message if it is not an image name */
    ImageName image(String name) {
        return ImageName.parse(needed(name));
    }

    /**
     * Returns the tag pattern that {@code pattern} or {@code regex} sets.
     *
     * @throws IllegalArgumentException with a one-line message if both are set or the pattern is invalid
     */
    Optional<TagPattern> selection() {
        Optional<String> regex = text("regex");
        if (regex.isPresent() && text("pattern").isPresent()) {
            throw new IllegalArgumentException("set either 'pattern' or 'regex'");
        }
        return regex.map(TagPattern::regex).or(() -> text("pattern").map(TagPattern::of));
    }
}
