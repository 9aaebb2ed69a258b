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
 * One challenge of a {@code WWW-Authenticate} header (RFC 9110, section 11.6.1).
 *
 * @param scheme in lower case: {@code bearer}, {@code basic}…
 * @param parameters by name in lower case, unquoted
 */
public record Challenge(String scheme, Map<String, String> parameters) {

    /** More than any registry sends; what comes behind is left unread. */
    private static final int MAX_LENGTH = 8 * 1024;

    /** The next scheme, or a parameter with its value, which a quote that is never closed ends with the header. */
    private static final Pattern PART = Pattern.compile(
            "[ \\t,]*+([!#$%&'*+.^_`|~0-9A-Za-z-]++)"
                    + "(?:[ \\t]*+=[ \\t]*+(\"((?:[^\"\\\\]++|\\\\.)*+)\\\\?(?:\"|$)|[^, \\t]*+))?",
            Pattern.DOTALL);

    public Challenge {
        parameters = Map.copyOf(parameters);
    }

    /** A parameter such as {@code realm}, {@code service}, {@code scope} or {@code error}. */
    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    boolean isBearer() {
        return scheme.equals("bearer");
    }

    boolean isBasic() {
        return scheme.equals("basic");
    }

    /**
     * All challenges of all {@code headers}, in their order. What does not fit the grammar ends the header it stands in;
     * nothing is thrown, since a challenge is a stranger's text.
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
