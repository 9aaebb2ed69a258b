package io.jenkins.plugins.dockerpromotion.registry.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.client5.http.auth.AuthChallenge;
import org.apache.hc.client5.http.auth.ChallengeType;
import org.apache.hc.client5.http.impl.auth.AuthChallengeParser;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.message.ParserCursor;

/**
 * One challenge in a {@code WWW-Authenticate} header (RFC 9110, section 11.6.1).
 *
 * @param scheme in lower case, such as {@code bearer} or {@code basic}
 * @param parameters the unquoted values by name in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {

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

    /** All challenges in {@code headers}, in order. An invalid header has none, because challenges are untrusted. */
    static List<Challenge> parse(List<String> headers) {
        List<Challenge> challenges = new ArrayList<>();
        for (String text : headers) {
            // Empty elements of a list are ignored (section 5.6.1), which the parser does not do.
            String header = text.replaceAll(",\\s*+(?=,|$)", "");
            try {
                AuthChallengeParser.INSTANCE
                        .parse(ChallengeType.TARGET, header, new ParserCursor(0, header.length()))
                        .forEach(challenge -> challenges.add(of(challenge)));
            } catch (ParseException e) {
                // There may be another header.
            }
        }
        return List.copyOf(challenges);
    }

    private static Challenge of(AuthChallenge challenge) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (challenge.getParams() != null) {
            for (NameValuePair parameter : challenge.getParams()) {
                if (parameter.getValue() != null) {
                    parameters.putIfAbsent(parameter.getName().toLowerCase(Locale.ROOT), parameter.getValue());
                }
            }
        }
        return new Challenge(challenge.getSchemeName().toLowerCase(Locale.ROOT), parameters);
    }
}
