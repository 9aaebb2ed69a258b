package io.jenkins.plugins.dockerpromotion.registry.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One challenge in a {@code WWW-Authenticate} header (RFC 9110, section 11.6.1).
 *
 * @param scheme in lower case, such as {@code bearer} or {@code basic}
 * @param parameters the unquoted values by name in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {

    /** More than any registry sends; the rest is ignored. */
    private static final int MAX_LENGTH = 8 * 1024;

    /**
     * The next scheme, or a parameter with its value. A missing closing quote extends a value to the end of the header.
     */
    private static final Pattern PART = Pattern.compile(
            "[ \\t,]*+([!#$%&'*+.^_`|~0-9A-Za-z-]++)"
                    + "(?:[ \\t]*+=[ \\t]*+(\"((?:[^\"\\\\]++|\\\\.)*+)\\\\?(?:\"|$)|[^, \\t]*+))?",
            Pattern.DOTALL);

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /** A parameter such as {@code realm}, {@code service}, {@code scope} or {@code error}. */
    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    boolean isBearer() {
        return scheme.equals("bearer");
    }

    boolean isBasic() {
        return scheme.equals("basic");
    }

    /**
     * Parses all challenges in {@code headers}, in order. An invalid part ends its header; nothing is thrown, because
     * challenges are untrusted.
     */
    static List<Challenge> parse(List<String> headers) {
        List<Challenge> challenges = new ArrayList<>();
        for (String header : headers) {
            Matcher part = PART.matcher(header.substring(0, Math.min(header.length(), MAX_LENGTH)));
            String scheme = "";
            Map<String, String> parameters = new LinkedHashMap<>();
            while (part.lookingAt()) {
                String name = part.group(1).toLowerCase(Locale.ROOT);
                if (part.group(2) == null) {
                    addIfNamed(challenges, scheme, parameters);
                    scheme = name;
                    parameters.clear();
                } else {
                    String quoted = part.group(3);
                    String value = quoted == null ? part.group(2) : quoted.replaceAll("(?s)\\\\(.)", "$1");
                    parameters.putIfAbsent(name, value);
                }
                part.region(part.end(), part.regionEnd());
            }
            addIfNamed(challenges, scheme, parameters);
        }
        return List.copyOf(challenges);
    }

    private static void addIfNamed(List<Challenge> challenges, String scheme, Map<String, String> parameters) {
        if (!scheme.isEmpty()) {
            challenges.add(new Challenge(scheme, parameters));
        }
    }
}
