package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The connection to one registry with one credential, for one operation. Detects the scheme of the registry, and sends
 * requests to it. Thread-safe.
 */
public final class RegistryTransport {

    /** The challenge that {@code registry-1.docker.io} always sends; knowing it saves a request. */
    static final Challenge DOCKER_HUB_CHALLENGE =
            new Challenge("bearer", Map.of("realm", "https://auth.docker.io/token", "service", "registry.docker.io"));

    private final RegistryLocation location;
    private final Origin origin;
    private final HttpTransport http;
    private final RegistryAuthorizer authorizer;
    private final RegistryContext context;

    private RegistryTransport(
            RegistryLocation location, HttpTransport http, RegistryAuthorizer authorizer, RegistryContext context) {
        this.location = location;
        this.origin = Origin.of(location.registry());
        this.http = http;
        this.authorizer = authorizer;
        this.context = context;
    }

    /**
     * Opens a connection to {@code host}. Sends a request only to detect the scheme.
     *
     * @param host as in image names
     * @param authentication sent only to this registry and its token service
     * @param expected the scopes that the operation will need, so that one token is enough
     * @throws RegistryException if a registry on this machine cannot be reached, or credentials would be sent
     *     unencrypted
     */
    public static RegistryTransport open(
            String host, RegistryAuthentication authentication, Set<Scope> expected, RegistryContext context)
            throws RegistryException, InterruptedException {
        RegistryLocation location = locate(host, context);
        HttpTransport http = context.transport(location);
        TokenService tokens = new TokenService(http, location, authentication, context.time());
        Challenge challenge = location.isPublicDockerHub() ? DOCKER_HUB_CHALLENGE : null;
        return new RegistryTransport(
                location,
                http,
                new RegistryAuthorizer(authentication, tokens, expected, challenge, () -> {
                    RegistryRequest version = RegistryRequest.getJson(
                                    "find out how to log in",
                                    location.registry().resolve("/v2/"))
                            .accepting(status -> true);
                    return http.call(
                            version, Authorizer.NONE, answer -> Challenge.parse(answer.headers("WWW-Authenticate")));
                }),
                context);
    }

    /** The location of {@code host}. */
    static RegistryLocation locate(String host, RegistryContext context)
            throws RegistryException, InterruptedException {
        Optional<RegistryLocation> known = context.network().known(host);
        return known.isPresent() ? known.get() : findScheme(host, context);
    }

    /** Detects whether a registry on this machine uses plain http or TLS, with an anonymous request. */
    private static RegistryLocation findScheme(String host, RegistryContext context)
            throws RegistryException, InterruptedException {
        RegistryLocation plain = RegistryLocation.plain(host);
        RegistryRequest ping = RegistryRequest.getJson(
                        "reach a registry", plain.registry().resolve("/v2/"))
                .accepting(status -> status < 500);
        int answered = context.transport(plain).call(ping, Authorizer.NONE, Answer::status);
        // The answer of servers to a plain request on a TLS port.
        return answered == 400 ? RegistryLocation.usual(host) : plain;
    }

    /** Sends {@code request} and returns the result of {@code reader}. */
    public <T> T call(RegistryRequest request, Answer.Reader<T> reader) throws RegistryException, InterruptedException {
        URI uri = location.registry().resolve(request.uri());
        // An address from the registry may be on another host, such as a storage service, which must not receive the
        // credentials.
        Authorizer own = request.scope().isPresent() && Origin.of(uri).equals(origin)
                ? authorizer.needing(request.scope().get())
                : Authorizer.NONE;
        return http.call(request.at(uri), own, reader);
    }

    /** How many tags to request at once; 0 for the registry's default. */
    public int pageSize() {
        return location.pageSize();
    }

    /** Whether this is Docker Hub itself, whose behaviour is known. */
    public boolean isPublicDockerHub() {
        return location.isPublicDockerHub();
    }

    /** Scheme, host and port of the registry. */
    public Origin origin() {
        return origin;
    }

    /** What calls use besides the registry and credentials. */
    public RegistryContext context() {
        return context;
    }

    /**
     * Answers the challenges of one registry with one credential. Reuses what it learned from earlier challenges, and
     * requests one token for everything that the operation is expected to need.
     */
    private static final class RegistryAuthorizer {

        /** Asks the registry how to log in. */
        @FunctionalInterface
        interface ChallengeRequest {
            List<Challenge> send() throws RegistryException, InterruptedException;
        }

        private static final String BEARER = "Bearer ";

        /** Statuses of token services that refuse several scopes, but accept each of them separately. */
        private static final Set<Integer> REFUSALS = Set.of(400, 401, 403, 404, 414, 422);

        private final RegistryAuthentication authentication;
        private final TokenService tokens;
        private final Set<Scope> expected;
        /** Scopes that need a token of their own, because a token for several was refused. */
        private final Set<Scope> alone = ConcurrentHashMap.newKeySet();

        private final ChallengeRequest challengeRequest;
        private boolean challengeRequested;

        private volatile boolean oneByOne;
        private volatile Challenge known;

        /**
         * @param expected the scopes that the operation will need, so that one token is enough
         * @param known the known challenge of this registry, or {@code null}
         * @param challengeRequest for registries that hide private content from requests without login
         */
        RegistryAuthorizer(
                RegistryAuthentication authentication,
                TokenService tokens,
                Set<Scope> expected,
                Challenge known,
                ChallengeRequest challengeRequest) {
            this.challengeRequest = challengeRequest;
            this.authentication = authentication;
            this.tokens = tokens;
            this.expected = expected;
            this.known = known;
        }

        /**
         * Whether the registry can be logged in to, although it did not say so: some answer requests for private content
         * with 404 or 403. Concurrent calls wait for the answer.
         */
        private synchronized boolean canLogIn(Function<List<Challenge>, Optional<Challenge>> usable)
                throws InterruptedException {
            if (known == null && !challengeRequested) {
                challengeRequested = true;
                try {
                    usable.apply(challengeRequest.send()).ifPresent(c -> known = c);
                } catch (RegistryException e) {
                    // The first answer stands.
                }
            }
            return known != null;
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

            /**
             * Some services refuse one token for several repositories, or for a repository to which they grant no
             * access.
             */
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
                    // Gateways may drop the challenge. Anonymous tokens exist, too.
                    boolean mayHelp = authentication instanceof Basic || answer.status() == 401;
                    return challenge.isPresent() || (mayHelp && canLogIn(this::usable));
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
                    tokens.forget(refused);
                }
                boolean sameAgain = error.equals("invalid_token") && !renewed;
                if (sameAgain || narrow() || (!missesRight && !renewed)) {
                    renewed = true;
                    return true;
                }
                return false;
            }

            /**
             * A token may be valid only for the first of several scopes. Requests the next one only for the scope of
             * this call.
             */
            private boolean narrow() {
                if (asked.equals(Set.of(needed))) {
                    return false;
                }
                asked = Set.of(needed);
                alone.add(needed);
                return true;
            }

            private static boolean hasRealm(Challenge challenge, String part) {
                return challenge.isBearer()
                        && challenge
                                .parameter("realm")
                                .filter(r -> r.contains(part))
                                .isPresent();
            }

            private Optional<Challenge> usable(List<Challenge> challenges) {
                return challenges.stream()
                        .filter(c -> hasRealm(c, "://"))
                        .findFirst()
                        .or(() -> challenges.stream()
                                .filter(c -> c.isBasic() && authentication instanceof Basic)
                                .findFirst())
                        // Its realm is only a name, as in basic authentication, which the error says.
                        .or(() ->
                                challenges.stream().filter(c -> hasRealm(c, "")).findFirst());
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

        /** One scope per repository, the new one first, because some services use only the first. */
        private Set<Scope> withExpected(Scope needed) {
            Map<String, Set<String>> actions = new LinkedHashMap<>();
            actions.computeIfAbsent(needed.repository(), r -> new TreeSet<>()).addAll(needed.actions());
            expected.forEach(s -> actions.computeIfAbsent(s.repository(), r -> new TreeSet<>())
                    .addAll(s.actions()));
            Set<Scope> merged = new LinkedHashSet<>();
            actions.forEach((repository, all) -> merged.add(new Scope(repository, List.copyOf(all))));
            return merged;
        }
    }
}
