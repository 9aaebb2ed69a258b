package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Logs in to one registry with one credential: answers its challenges, and gets bearer tokens from its token service
 * (distribution's "Token Authentication Specification"). Remembers the challenge, and keeps each token until shortly
 * before it expires. Requests one token for everything that the operation is expected to need. Thread-safe.
 */
final class RegistryLogin {

    /** The challenge that {@code registry-1.docker.io} always sends; knowing it saves a request. */
    static final Challenge DOCKER_HUB_CHALLENGE =
            new Challenge("bearer", Map.of("realm", "https://auth.docker.io/token", "service", "registry.docker.io"));

    private static final String BEARER = "Bearer ";

    /** Statuses of token services that refuse several scopes, but accept each of them separately. */
    private static final Set<Integer> REFUSALS = Set.of(400, 401, 403, 404, 414, 422);

    /** The default lifetime in the specification, if {@code expires_in} is missing. */
    private static final int DEFAULT_LIFETIME_SECONDS = 60;

    private static final Duration LONGEST_MARGIN = Duration.ofSeconds(30);

    private final HttpTransport http;
    private final RegistryLocation location;
    private final Origin registry;
    private final RegistryAuthentication authentication;
    private final Set<Scope> expected;
    private final Timekeeper time;

    private final ReentrantLock asking = new ReentrantLock();
    private final Map<Set<Scope>, Token> tokens = new ConcurrentHashMap<>();

    /** Scopes that need a token of their own, because a token for several was refused. */
    private final Set<Scope> alone = ConcurrentHashMap.newKeySet();

    private volatile boolean oneByOne;

    /** The challenge of the registry, or {@code null} as long as it is unknown. */
    private volatile Challenge known;

    private boolean challengeRequested;

    /** @param expected the scopes that the operation will need, so that one token is enough */
    RegistryLogin(
            HttpTransport http,
            RegistryLocation location,
            RegistryAuthentication authentication,
            Set<Scope> expected,
            Timekeeper time) {
        this.http = http;
        this.location = location;
        this.registry = Origin.of(location.registry());
        this.authentication = authentication;
        this.expected = expected;
        this.time = time;
        this.known = location.isPublicDockerHub() ? DOCKER_HUB_CHALLENGE : null;
    }

    /** For a single call. Not shared, because it remembers its attempts. */
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
            if (authentication instanceof Bearer) {
                return authentication.header();
            }
            Challenge challenge = known;
            if (challenge == null) {
                return Optional.empty();
            }
            return challenge.isBearer() ? Optional.of(BEARER + token(challenge)) : authentication.header();
        }

        /**
         * Some services refuse one token for several repositories, or for a repository to which they grant no access.
         */
        private String token(Challenge challenge) throws RegistryException, InterruptedException {
            try {
                return keptToken(challenge, asked);
            } catch (RegistryException e) {
                if (asked.size() == 1 || !REFUSALS.contains(e.status())) {
                    throw e;
                }
                oneByOne = true;
                asked = Set.of(needed);
                return keptToken(challenge, asked);
            }
        }

        @Override
        public boolean reconsider(Answer answer, Optional<String> refused) throws InterruptedException {
            if (authentication instanceof Bearer) {
                return false;
            }
            Optional<Challenge> challenge = usable(answer);
            if (refused.isEmpty()) {
                challenge.ifPresent(c -> known = c);
                // Gateways may drop the challenge. Anonymous tokens exist, too.
                boolean mayHelp = authentication instanceof Basic || answer.status() == 401;
                return challenge.isPresent() || (mayHelp && canLogIn());
            }
            return refused.get().startsWith(BEARER)
                    && replace(
                            refused.get().substring(BEARER.length()),
                            answer.status(),
                            challenge.flatMap(c -> c.parameter("error")).orElse(""));
        }

        /** Whether another token may work better than {@code refused}. Limits the number of attempts. */
        private boolean replace(String refused, int status, String error) throws InterruptedException {
            boolean missesRight = status == 403 || error.equals("insufficient_scope");
            if (!missesRight) {
                forget(refused);
            }
            boolean sameAgain = error.equals("invalid_token") && !renewed;
            if (sameAgain || narrow() || (!missesRight && !renewed)) {
                renewed = true;
                return true;
            }
            return false;
        }

        /**
         * A token may be valid only for the first of several scopes. Requests the next one only for the scope of this
         * call.
         */
        private boolean narrow() {
            if (asked.equals(Set.of(needed))) {
                return false;
            }
            asked = Set.of(needed);
            alone.add(needed);
            return true;
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
            return Stream.concat(
                            authentication.secrets().stream(),
                            tokens.values().stream().map(Token::value))
                    .toList();
        }
    }

    /** One scope per repository, the new one first, because some services use only the first. */
    private Set<Scope> withExpected(Scope needed) {
        Map<String, Set<String>> actions = new LinkedHashMap<>();
        actions.computeIfAbsent(needed.repository(), r -> new TreeSet<>()).addAll(needed.actions());
        expected.forEach(s ->
                actions.computeIfAbsent(s.repository(), r -> new TreeSet<>()).addAll(s.actions()));
        Set<Scope> merged = new LinkedHashSet<>();
        actions.forEach((repository, all) -> merged.add(new Scope(repository, List.copyOf(all))));
        return merged;
    }

    private Optional<Challenge> usable(Answer answer) {
        List<Challenge> challenges = Challenge.parse(answer.headers("WWW-Authenticate"));
        return challenges.stream()
                .filter(c -> hasRealm(c, "://"))
                .findFirst()
                .or(() -> challenges.stream()
                        .filter(c -> c.isBasic() && authentication instanceof Basic)
                        .findFirst())
                // Its realm is only a name, as in basic authentication, which the error says.
                .or(() -> challenges.stream().filter(c -> hasRealm(c, "")).findFirst());
    }

    private static boolean hasRealm(Challenge challenge, String part) {
        return challenge.isBearer()
                && challenge.parameter("realm").filter(r -> r.contains(part)).isPresent();
    }

    /**
     * Whether the registry can be logged in to, although it did not say so: some answer requests for private content
     * with 404 or 403. Concurrent calls wait for the answer.
     */
    private synchronized boolean canLogIn() throws InterruptedException {
        if (known == null && !challengeRequested) {
            challengeRequested = true;
            RegistryRequest version = RegistryRequest.getJson(
                            "find out how to log in", location.registry().resolve("/v2/"))
                    .accepting(status -> true);
            try {
                http.call(version, Authorizer.NONE, this::usable).ifPresent(c -> known = c);
            } catch (RegistryException e) {
                // The first answer stands.
            }
        }
        return known != null;
    }

    /**
     * A token from the service.
     *
     * @param lifetime as reported by the service
     * @param renewAt when to replace it
     */
    record Token(String value, Duration lifetime, Instant renewAt) {}

    /** A token for {@code scopes}, as far as the service grants them. */
    private String keptToken(Challenge challenge, Set<Scope> scopes) throws RegistryException, InterruptedException {
        asking.lockInterruptibly();
        try {
            Token token = tokens.get(scopes);
            if (token == null || !time.now().isBefore(token.renewAt)) {
                token = newToken(challenge, scopes);
                tokens.put(scopes, token);
            }
            return token.value;
        } finally {
            asking.unlock();
        }
    }

    /** Drops a token that the registry no longer accepts. */
    private void forget(String refused) throws InterruptedException {
        asking.lockInterruptibly();
        try {
            tokens.values().removeIf(t -> t.value.equals(refused));
        } finally {
            asking.unlock();
        }
    }

    /** A token that is not kept. */
    Token newToken(Challenge challenge, Set<Scope> scopes) throws RegistryException, InterruptedException {
        String names = scopes.stream().map(Scope::toString).collect(Collectors.joining(" "));
        String phrase = "get a token for " + registry + (names.isEmpty() ? "" : " (" + names + ")");
        URI realm = realm(challenge, phrase);
        Instant askedAt = time.now();
        URI uri = URI.create(realm + (realm.getRawQuery() == null ? "?" : "&") + query(challenge, scopes));
        return http.call(RegistryRequest.getJson(phrase, uri), credential(), answer -> read(answer, askedAt));
    }

    private URI realm(Challenge challenge, String phrase) throws RegistryException {
        URI realm;
        Origin origin;
        try {
            // The fragment is not sent.
            realm = URI.create(challenge.parameter("realm").orElse("").replaceFirst("#.*", ""));
            origin = Origin.of(realm);
        } catch (IllegalArgumentException e) {
            throw new RegistryException("Cannot " + phrase + ": its challenge names no token service");
        }
        if (!origin.mayBeAskedForTokens(registry, location.tokenServices())) {
            throw new RegistryException("Cannot " + phrase + ": its token service " + origin + " is "
                    + (origin.isEncrypted() ? "an address of a private network" : "not encrypted")
                    + "; nothing was sent there" + (origin.isEncrypted() ? advice(origin) : ""));
        }
        if (authentication instanceof Basic && !origin.mayReceiveCredentials(registry, location.tokenServices())) {
            throw new UnauthorizedException(
                    "Cannot " + phrase + ": it names the token service " + origin + ", which is not in the"
                            + " registry's domain, so the credentials were not sent; check the image's registry"
                            + advice(origin),
                    new RegistryException.Reason(401, List.of(), false));
        }
        return realm;
    }

    private static String advice(Origin origin) {
        return "; if " + origin.host()
                + " is right, an administrator can add it to the token services (tokenServices) of this"
                + " registry in Manage Jenkins » System » Docker Image Promotion";
    }

    private String query(Challenge challenge, Set<Scope> scopes) {
        StringBuilder query = new StringBuilder("client_id=docker");
        challenge.parameter("service").ifPresent(s -> append(query, "service", s));
        scopes.forEach(s -> append(query, "scope", s.toString()));
        if (authentication instanceof Basic basic) {
            append(query, "account", basic.username());
        }
        return query.toString();
    }

    private static void append(StringBuilder query, String name, String value) {
        query.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    private Authorizer credential() {
        return Authorizer.of(
                authentication,
                authentication instanceof Basic basic
                        ? "check the password or access token of '" + basic.username() + "'"
                        : "set credentialsId to credentials that may do this");
    }

    private Token read(Answer answer, Instant askedAt) throws IOException {
        Json body = answer.json();
        String value = body.text("token");
        if (value.isEmpty()) {
            value = body.text("access_token");
        }
        if (value.isEmpty()) {
            throw answer.failure("its answer contains no token");
        }
        try {
            new Bearer(value);
        } catch (IllegalArgumentException e) {
            throw answer.failure("its answer contains an invalid token: " + e.getMessage());
        }
        long seconds = Math.max(1, body.number("expires_in", DEFAULT_LIFETIME_SECONDS));
        // Uses the local clock and the time of the request, because the clock of the service, and with it {@code
        // issued_at}, may be wrong.
        Duration lifetime =
                Duration.ofSeconds(Math.min(seconds, Duration.ofDays(1).toSeconds()));
        Duration quarter = lifetime.dividedBy(4);
        Duration margin = quarter.compareTo(LONGEST_MARGIN) < 0 ? quarter : LONGEST_MARGIN;
        return new Token(value, lifetime, askedAt.plus(lifetime).minus(margin));
    }
}
