package io.jenkins.plugins.dockerpromotion.pipelineunit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The type of a step parameter. Values are converted as Jenkins does it (structs' {@code DescribableModel}). */
enum ParameterType {
    /** {@code true} or {@code false}. */
    FLAG {
        @Override
        Object coerced(Object given) {
            return given instanceof CharSequence ? Boolean.valueOf(given.toString()) : as(Boolean.class, given);
        }
    },

    /** Registries with their credentials, as a list of maps. */
    LOGINS {
        @Override
        Object coerced(Object given) {
            List<Map<String, String>> logins = new ArrayList<>();
            List<?> list = as(List.class, given);
            list.forEach(login -> logins.add(login(as(Map.class, login))));
            return logins;
        }
    },

    /** A map. */
    MAP {
        @Override
        Object coerced(Object given) {
            return as(Map.class, given);
        }
    },

    /** A list of maps. */
    MAPS {
        @Override
        Object coerced(Object given) {
            List<Object> maps = new ArrayList<>();
            List<?> list = as(List.class, given);
            list.forEach(map -> maps.add(as(Map.class, map)));
            return maps;
        }
    },

    /** A whole number, or a text that contains one, because build parameters are texts. */
    NUMBER {
        @Override
        Object coerced(Object given) {
            if (given instanceof CharSequence) {
                try {
                    return Long.valueOf(given.toString());
                } catch (NumberFormatException e) {
                    throw unfit(given);
                }
            }
            return as(Number.class, given).longValue();
        }
    },

    TEXT {
        @Override
        Object coerced(Object given) {
            return as(CharSequence.class, given).toString();
        }
    },

    /** A list of texts, or a map, whose entries become {@code name=value}. */
    VALUES {
        @Override
        Object coerced(Object given) {
            if (!(given instanceof Map<?, ?> map)) {
                return WORDS.coerced(given);
            }
            List<String> lines = new ArrayList<>();
            map.forEach((name, value) -> lines.add(name + "=" + value));
            return lines;
        }
    },

    /** A list of texts. */
    WORDS {
        @Override
        Object coerced(Object given) {
            List<String> words = new ArrayList<>();
            List<?> list = as(List.class, given);
            list.forEach(word -> words.add((String) TEXT.coerced(word)));
            return words;
        }
    };

    /**
     * Converts a value as Jenkins does.
     *
     * @throws IllegalArgumentException with a one-line message if Jenkins would reject the value
     */
    abstract Object coerced(Object given);

    /** Parses the default, which follows the equals sign in {@code steps.txt}. */
    Object fallback(String text) {
        return this == WORDS ? List.of(text.split(",")) : coerced(text);
    }

    <T> T as(Class<T> type, Object given) {
        if (!type.isInstance(given)) {
            throw unfit(given);
        }
        return type.cast(given);
    }

    IllegalArgumentException unfit(Object given) {
        String what =
                switch (this) {
                    case FLAG -> "true or false";
                    case LOGINS -> "a list of maps with 'url' and 'credentialsId'";
                    case MAP -> "a map";
                    case MAPS -> "a list of maps";
                    case NUMBER -> "a whole number";
                    case TEXT -> "a text";
                    case VALUES -> "a map, or a list of texts";
                    case WORDS -> "a list of texts";
                };
        String type = given == null ? "null" : given.getClass().getSimpleName() + " " + given;
        return new IllegalArgumentException("takes " + what + ", and got " + type);
    }

    Map<String, String> login(Map<?, ?> given) {
        Map<String, String> login = new LinkedHashMap<>();
        given.forEach((name, value) -> {
            if (!List.of("url", "credentialsId").contains(name)) {
                throw unfit(given);
            }
            login.put((String) name, (String) TEXT.coerced(value));
        });
        return login;
    }
}
