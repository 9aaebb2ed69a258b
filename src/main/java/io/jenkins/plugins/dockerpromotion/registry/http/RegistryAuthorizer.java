package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Answers one registry's challenges with one credential. What was learned from a challenge is used from then on without
 * being asked, and one token is fetched for everything an operation is known to need.
 */
final class RegistryAuthorizer {

    private static final String BEARER = "Bearer ";

    /** How token services refuse a request for several scopes that they would grant one by one. */
    private static final Set<Integer> REFUSALS = Set.of(400, 401, 403);

    private final RegistryAuthentication authentication;
    private final TokenService tokens;
    private final Set<Scope> expected;
    /** What a token for more did not serve for. */
    private final Set<Scope> alone = ConcurrentHashMap.newKeySet();

    private volatile boolean oneByOne;
    private volatile Challenge known;

    /**
     * @param expected what the operation will need, so that one token serves for all of it
     * @param known the challenge this registry is known to send, or {@code null}
     */
    RegistryAuthorizer(
            RegistryAuthentication authentication, TokenService tokens, Set<Scope> expected, Challenge known) {
        this.authentication = authentication;
        this.tokens = tokens;
        this.expected = expected;
        this.known = known;
    }

    /** What a single call uses; not to be shared by calls, since it remembers what was tried. */
    Authorizer needing(Scope scope) {
        return new ForCall(scope);
    }

    private final class ForCall implements Authorizer {
        private final Scope needed;
        private Set<Scope> asked;
        private boolean renewed;

        ForCall(Scope needed) {
            this.needed = needed;
            this.asked = oneByOne || alone.contains(needed)
                    ? Set.of(needed)
                    : needed.isCoveredBy(expected) ? expected : withExpected(needed);
        }

        @Override
        public Optional<String> authorization() throws RegistryException, InterruptedException {
            if (authentication instanceof Bearer bearer) {
                return Optional.of(BEARER + bearer.token());
            }
            Challenge challenge = known;
            if (challenge == null) {
                return Optional.empty();
            }
            if (challenge.isBearer()) {
                return Optional.of(BEARER + token(challenge));
            }
            return authentication instanceof Basic basic ? Optional.of(basic.header()) : Optional.empty();
        }

        /** Some services refuse to give one token for several repositories, or for one that they do not grant. */
        private String token(Challenge challenge) throws RegistryException, InterruptedException {
            try {
                return tokens.token(challenge, asked);
            } catch (RegistryException e) {
                if (asked.size() == 1 || !REFUSALS.contains(e.status())) {
                    throw e;
                }
                oneByOne = true;
                asked = Set.of(needed);
                return tokens.token(challenge, asked);
            }
        }

        @Override
        public boolean reconsider(Answer answer, Optional<String> refused) throws InterruptedException {
            if (authentication instanceof Bearer) {
                return false;
            }
            Optional<Challenge> challenge = usable(Challenge.parse(answer.headers("WWW-Authenticate")));
            if (refused.isEmpty()) {
                challenge.ifPresent(c -> known = c);
                return challenge.isPresent();
            }
            return refused.get().startsWith(BEARER)
                    && replace(
                            refused.get().substring(BEARER.length()),
                            answer.status(),
                            challenge.flatMap(c -> c.parameter("error")).orElse(""));
        }

        /** Whether a token can be had that may do better than {@code refused}; sees to it that this ends. */
        private boolean replace(String refused, int status, String error) throws InterruptedException {
            boolean missesRight = status == 403 || error.equals("insufficient_scope");
            if (!missesRight) {
                tokens.forget(refused);
            }
            boolean sameAgain = error.equals("invalid_token") && !renewed;
            if (sameAgain || narrow() || (!missesRight && !renewed)) {
                renewed = true;
                return true;
            }
            return false;
        }

        /** A token may have been granted for the first of several scopes only: the next is for just what this call needs. */
        private boolean narrow() {
            if (asked.equals(Set.of(needed))) {
                return false;
            }
            asked = Set.of(needed);
            alone.add(needed);
            return true;
        }

        private Optional<Challenge> usable(List<Challenge> challenges) {
            return challenges.stream()
                    .filter(Challenge::isBearer)
                    .findFirst()
                    .or(() -> challenges.stream()
                            .filter(c -> c.isBasic() && authentication instanceof Basic)
                            .findFirst());
        }

        @Override
        public String advice() {
            String right = String.join(" and ", needed.actions()) + " on " + needed.repository();
            if (authentication instanceof Basic basic) {
                return "check the password of '" + basic.username() + "' and that it may " + right;
            }
            return authentication instanceof Bearer
                    ? "check that the access token is still valid and may " + right
                    : "set credentialsId to credentials that may " + right;
        }

        @Override
        public List<String> secrets() {
            return Stream.concat(authentication.secrets().stream(), tokens.known().stream())
                    .toList();
        }
    }

    /** One scope a repository, the new one first: some services look only at the first. */
    private Set<Scope> withExpected(Scope needed) {
        Map<String, Set<String>> actions = new LinkedHashMap<>();
        actions.computeIfAbsent(needed.repository(), r -> new TreeSet<>()).addAll(needed.actions());
        expected.forEach(s ->
                actions.computeIfAbsent(s.repository(), r -> new TreeSet<>()).addAll(s.actions()));
        Set<Scope> merged = new LinkedHashSet<>();
        actions.forEach((repository, all) -> merged.add(new Scope(repository, List.copyOf(all))));
        return merged;
    }
}
