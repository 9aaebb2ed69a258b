package io.jenkins.plugins.dockerpromotion.pipelineunit;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The arguments of one call, of the right types; where there is none, the step's default. */
final class Arguments {

    private final StepSignature signature;
    private final Map<String, Object> given;

    Arguments(StepSignature signature, Map<String, Object> given) {
        this.signature = signature;
        this.given = Collections.unmodifiableMap(new LinkedHashMap<>(given));
    }

    /** Without defaults. */
    Map<String, Object> given() {
        return given;
    }

    private <T> Optional<T> value(String name, Class<T> type) {
        return Optional.ofNullable(given.get(name))
                .or(() -> signature.parameters().get(name).fallback())
                .map(type::cast);
    }

    /** Without blanks around it; nothing if nothing else is left. */
    Optional<String> text(String name) {
        return value(name, String.class)
                .map(String::trim)
                .filter(text -> !text.isEmpty())
                .or(() -> signature.parameters().get(name).fallback().map(String.class::cast));
    }

    /** @throws IllegalArgumentException in one line, if there is none */
    String needed(String name) {
        return text(name).orElseThrow(() -> new IllegalArgumentException("'" + name + "' is needed"));
    }

    /** As it was written. */
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

    @SuppressWarnings("unchecked") // as the list of steps says
    List<String> words(String name) {
        return value(name, List.class).orElse(List.of());
    }

    @SuppressWarnings("unchecked") // as the list of steps says
    Optional<Map<String, Object>> map(String name) {
        return Optional.ofNullable((Map<String, Object>) given.get(name));
    }

    @SuppressWarnings("unchecked") // as the list of steps says
    List<Map<String, Object>> maps(String name) {
        return value(name, List.class).orElse(List.of());
    }

    @SuppressWarnings("unchecked") // as the list of steps says
    List<Map<String, String>> logins(String name) {
        return value(name, List.class).orElse(List.of());
    }

    /** @throws IllegalArgumentException in one line, if it is none */
    ImageName image(String name) {
        return ImageName.parse(needed(name));
    }

    /**
     * What {@code pattern} or {@code regex} says.
     *
     * @throws IllegalArgumentException in one line, if both are given or the given one cannot be used
     */
    Optional<TagPattern> selection() {
        Optional<String> regex = text("regex");
        if (regex.isPresent() && text("pattern").isPresent()) {
            throw new IllegalArgumentException("set either 'pattern' or 'regex'");
        }
        return regex.map(TagPattern::regex).or(() -> text("pattern").map(TagPattern::of));
    }
}
