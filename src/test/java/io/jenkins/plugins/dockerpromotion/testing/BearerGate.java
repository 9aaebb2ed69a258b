package io.jenkins.plugins.dockerpromotion.testing;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Asks for a token of the token service that covers each request, and says in its challenge where to get one. */
record BearerGate(TokenService tokens, String realm, String service, Set<Quirk> quirks) implements Gate {

    @Override
    public Optional<Answer> refuse(Incoming request, List<Scope> needed) {
        Optional<String> presented = request.header("Authorization")
                .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(value -> value.substring(7).trim());
        Optional<TokenMint.Grant> token = presented.flatMap(tokens::find);
        if (token.isPresent() && needed.stream().allMatch(token.get()::covers)) {
            return Optional.empty();
        }
        if (token.isPresent()) {
            return Optional.of(challenge(needed, ",error=\"insufficient_scope\""));
        }
        return Optional.of(challenge(needed, presented.isPresent() ? ",error=\"invalid_token\"" : ""));
    }

    private Answer challenge(List<Scope> needed, String error) {
        String scopes = needed.stream().map(Scope::toString).collect(Collectors.joining(" "));
        boolean named = !scopes.isEmpty() && !quirks.contains(Quirk.CHALLENGE_WITHOUT_SCOPE);
        String bearer = "Bearer realm=\"" + realm + "\",service=\"" + service + "\""
                + (named ? ",scope=\"" + scopes + "\"" : "")
                + error;
        String header = quirks.contains(Quirk.CHALLENGE_AMONG_OTHERS)
                ? "Basic realm=\"a, \\\"quoted\\\" realm\", Negotiate, " + bearer
                : bearer;
        return Answer.error(401, "UNAUTHORIZED", "authentication required").with("WWW-Authenticate", header);
    }
}
