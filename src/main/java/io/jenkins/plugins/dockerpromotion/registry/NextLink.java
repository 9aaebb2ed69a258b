package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The next page of a list, from the header {@code Link} (RFC 8288). Registries behind a proxy may name hosts and paths
 * that clients cannot reach, so only the query is used, with the address of the request.
 */
final class NextLink {

    private static final String QUOTED = "\"((?:[^\"\\\\]|\\\\.)*+)(?:\"|$)";
    private static final Pattern TARGET = Pattern.compile("[\\s,]*<([^<>]*)>");
    private static final Pattern PARAMETER =
            Pattern.compile("\\s*+;\\s*+(?:([^\\s=;,\"<>]++)(?:\\s*+=\\s*+(?:" + QUOTED + "|([^\\s;,\"]*+)))?)?");

    /** Anything that is not a parameter, up to the next link. */
    private static final Pattern REST = Pattern.compile("(?:[^\",]|" + QUOTED + ")*+");

    private NextLink() {}

    /**
     * The query of the next page.
     *
     * @param headers all values of {@code Link}
     * @return empty if there is no next page; an empty string if its address has no query
     */
    static Optional<String> query(List<String> headers) {
        return headers.stream()
                .flatMap(header -> nextTargets(header).stream())
                .map(NextLink::queryOf)
                .findFirst();
    }

    private static List<String> nextTargets(String header) {
        List<String> targets = new ArrayList<>();
        Matcher target = TARGET.matcher(header);
        Matcher parameter = PARAMETER.matcher(header);
        Matcher rest = REST.matcher(header);
        int position = 0;
        while (target.region(position, header.length()).lookingAt()) {
            position = target.end();
            Optional<String> relation = Optional.empty();
            while (parameter.region(position, header.length()).lookingAt()) {
                position = parameter.end();
                // If there are several, the first one counts (section 3.3).
                if (relation.isEmpty() && "rel".equalsIgnoreCase(parameter.group(1))) {
                    String quoted = parameter.group(2);
                    relation =
                            Optional.of(quoted == null ? "" + parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
                }
            }
            if (rest.region(position, header.length()).lookingAt()) {
                position = rest.end();
            }
            if (relation.filter(NextLink::saysNext).isPresent()
                    && !target.group(1).isBlank()) {
                targets.add(target.group(1).strip());
            }
        }
        return targets;
    }

    private static boolean saysNext(String relations) {
        return Arrays.stream(relations.strip().split("[\\s']+")).anyMatch("next"::equalsIgnoreCase);
    }

    private static String queryOf(String address) {
        String withoutFragment = address.replaceFirst("#.*", "");
        int start = withoutFragment.indexOf('?');
        String query = start < 0 ? "" : withoutFragment.substring(start + 1);
        return Answer.escaped(query);
    }
}
