package io.jenkins.plugins.dockerpromotion.registry.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One challenge of a {@code WWW-Authenticate} header (RFC 9110, section 11.6.1).
 *
 * @param scheme in lower case: {@code bearer}, {@code basic}…
 * @param parameters by name in lower case, unquoted
 */
public record Challenge(String scheme, Map<String, String> parameters) {

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
        headers.forEach(header -> new Parser(header).readInto(challenges));
        return List.copyOf(challenges);
    }

    private static final class Parser {

        /** More than any registry sends; what comes behind is left unread. */
        private static final int MAX_HEADER_LENGTH = 8 * 1024;

        private final String text;
        private int at;

        private Parser(String text) {
            this.text = text.length() > MAX_HEADER_LENGTH ? text.substring(0, MAX_HEADER_LENGTH) : text;
        }

        private void readInto(List<Challenge> challenges) {
            String word = nextWord();
            while (!word.isEmpty()) {
                Map<String, String> parameters = new LinkedHashMap<>();
                String next = readParameters(parameters);
                challenges.add(new Challenge(word.toLowerCase(Locale.ROOT), parameters));
                word = next;
            }
        }

        /** Fills in what belongs to one challenge and returns the scheme of the next, empty at the end. */
        private String readParameters(Map<String, String> parameters) {
            while (true) {
                String name = nextWord();
                if (name.isEmpty() || !skip('=')) {
                    return name;
                }
                if (at < text.length() && text.charAt(at) == '=') {
                    skipToken68();
                } else {
                    parameters.putIfAbsent(name.toLowerCase(Locale.ROOT), nextValue());
                }
            }
        }

        /** The next token behind blanks and commas, empty if something else or nothing stands there. */
        private String nextWord() {
            while (at < text.length() && (isBlank(text.charAt(at)) || text.charAt(at) == ',')) {
                at++;
            }
            int start = at;
            while (at < text.length() && isTokenCharacter(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        private String nextValue() {
            skipBlanks();
            if (at < text.length() && text.charAt(at) == '"') {
                return nextQuoted();
            }
            int start = at;
            while (at < text.length() && text.charAt(at) != ',' && !isBlank(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        private String nextQuoted() {
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            // A quote that is never closed ends with the header.
            at = Math.min(at + 1, text.length());
            return value.toString();
        }

        private boolean skip(char expected) {
            int before = at;
            skipBlanks();
            if (at < text.length() && text.charAt(at) == expected) {
                at++;
                return true;
            }
            at = before;
            return false;
        }

        /** Padding of a scheme that carries one value instead of parameters, such as {@code Negotiate}. */
        private void skipToken68() {
            while (at < text.length() && text.charAt(at) == '=') {
                at++;
            }
        }

        private void skipBlanks() {
            while (at < text.length() && isBlank(text.charAt(at))) {
                at++;
            }
        }

        private static boolean isBlank(char c) {
            return c == ' ' || c == '\t';
        }

        /** RFC 9110, section 5.6.2. */
        private static boolean isTokenCharacter(char c) {
            return c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
    }
}
