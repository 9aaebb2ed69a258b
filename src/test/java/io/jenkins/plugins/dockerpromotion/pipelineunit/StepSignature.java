package io.jenkins.plugins.dockerpromotion.pipelineunit;

import static java.nio.charset.StandardCharsets.UTF_8;

import groovy.lang.Closure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The parameters that a step accepts.
 *
 * @param parameters by name
 */
public record StepSignature(String step, boolean takesBlock, Map<String, Parameter> parameters) {

    private static final String LIST = "steps.txt";
    private static final String BLOCK = "{}";

    /**
     * A parameter of a step.
     *
     * @param needed whether it is a parameter of the step's constructor
     * @param fallback the default, if there is one
     */
    record Parameter(ParameterType type, boolean needed, Optional<Object> fallback) {}

    /**
     * Parsed Groovy arguments.
     *
     * @param block the block of the call, or {@code null}
     */
    record Given(Arguments arguments, Closure<?> block) {}

    /** Returns the lines of {@code steps.txt} without comments. */
    public static List<String> lines() {
        try (InputStream list = StepSignature.class.getResourceAsStream(LIST)) {
            return new String(list.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the signatures of all steps and of the trigger. */
    static List<StepSignature> all() {
        return lines().stream().map(StepSignature::parse).toList();
    }

    private static StepSignature parse(String line) {
        String[] words = line.split(" ");
        Map<String, Parameter> parameters = new TreeMap<>();
        for (String word : List.of(words).subList(1, words.length)) {
            int colon = word.indexOf(':');
            int equals = word.indexOf('=');
            boolean needed = word.endsWith("!");
            int end = equals > 0 ? equals : word.length() - (needed ? 1 : 0);
            ParameterType type =
                    ParameterType.valueOf(word.substring(colon + 1, end).toUpperCase(Locale.ROOT));
            Optional<Object> fallback =
                    equals < 0 ? Optional.empty() : Optional.of(type.fallback(word.substring(equals + 1)));
            parameters.put(word.substring(0, colon), new Parameter(type, needed, fallback));
        }
        return new StepSignature(words[0].replace(BLOCK, ""), words[0].endsWith(BLOCK), parameters);
    }

    /**
     * Parses arguments as Pipeline does: named arguments or, without its name, the value of the only required one; then
     * an optional block.
     *
     * @throws IllegalArgumentException with a one-line message if the step does not accept them
     */
    Given read(Object... given) {
        Closure<?> block = null;
        int count = given.length;
        if (takesBlock && count > 0 && given[count - 1] instanceof Closure<?> last) {
            block = last;
            count--;
        }
        if (takesBlock && block == null) {
            throw new IllegalArgumentException(step + " needs a block");
        }
        if (count > 1) {
            throw new IllegalArgumentException(step + " takes no block");
        }
        Map<?, ?> named = count == 0 ? Map.of() : given[0] instanceof Map<?, ?> map ? map : unnamed(given[0]);
        return new Given(new Arguments(this, coerced(named)), block);
    }

    private Map<String, Object> unnamed(Object value) {
        List<String> needed = needed();
        if (needed.size() != 1) {
            throw new IllegalArgumentException(step + " needs names with its arguments, and got " + value);
        }
        Map<String, Object> named = new LinkedHashMap<>();
        named.put(needed.get(0), value);
        return named;
    }

    private List<String> needed() {
        return parameters.keySet().stream()
                .filter(name -> parameters.get(name).needed())
                .toList();
    }

    private Map<String, Object> coerced(Map<?, ?> named) {
        Map<String, Object> coerced = new LinkedHashMap<>();
        named.forEach((key, value) -> {
            String name = String.valueOf(key);
            Parameter parameter = parameters.get(name);
            if (parameter == null) {
                throw new IllegalArgumentException(
                        step + " has no parameter '" + name + "'; it has " + String.join(", ", parameters.keySet()));
            }
            try {
                // Null counts as absent, except for a flag: it is neither true nor false.
                if (value != null || parameter.type() == ParameterType.FLAG) {
                    coerced.put(name, parameter.type().coerced(value));
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(step + ": '" + name + "' " + e.getMessage());
            }
        });
        for (String name : needed()) {
            // Jenkins can supply default credentials from its configuration if a step sets none.
            if (!coerced.containsKey(name) && !name.equals("credentialsId")) {
                throw new IllegalArgumentException(step + " needs '" + name + "'");
            }
        }
        return coerced;
    }
}
