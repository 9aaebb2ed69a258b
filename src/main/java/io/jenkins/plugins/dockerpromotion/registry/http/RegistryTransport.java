package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Anonymous;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.Reason;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import java.io.Serializable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The connection to one registry with one credential, for one operation. Detects the scheme of the registry, and sends
 * requests to it. Thread-safe.
 */
public final class RegistryTransport {

    private final RegistryLocation location;
    private final Origin origin;
    private final HttpTransport http;
    private final RegistryLogin login;
    private final RegistryContext context;

    private RegistryTransport(
            RegistryLocation location, HttpTransport http, RegistryLogin login, RegistryContext context) {
        this.location = location;
        this.origin = Origin.of(location.registry());
        this.http = http;
        this.login = login;
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
        Optional<RegistryLocation> known = context.network().known(host);
        RegistryLocation location = known.isPresent() ? known.get() : findScheme(host, context);
        HttpTransport http = context.transport(location);
        return new RegistryTransport(
                location, http, new RegistryLogin(http, location, authentication, expected, context.time()), context);
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
                ? login.needing(request.scope().get())
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
     * Gets a bearer token from the registry's token service for calls outside this client. Sends one request for the
     * registry's challenge (distribution's "Token Authentication Specification"), and one for the token.
     *
     * @param host of the registry, as in image names
     * @param scopes exactly those of the token; without scopes, it only proves the login
     * @throws RegistryException also if the registry has no token service, or if it grants less than requested
     */
    public static IssuedToken issueToken(
            String host, RegistryAuthentication authentication, Set<Scope> scopes, RegistryContext context)
            throws RegistryException, InterruptedException {
        if (authentication instanceof Bearer) {
            throw new RegistryException("Cannot get a token from " + host
                    + ": the credentials are already an access token; use it directly, or add a username");
        }
        RegistryTransport registry = open(host, authentication, scopes, context);
        RegistryLogin.Token token = registry.login.newToken(registry.tokenService(scopes), scopes);
        Optional<TokenGrant> grant = TokenGrant.of(token.value());
        for (Scope scope : scopes) {
            if (grant.isPresent() && !grant.get().missing(scope).isEmpty()) {
                throw refused(host, authentication, scope, grant.get());
            }
        }
        return new IssuedToken(token.value(), token.lifetime().toSeconds(), grant.isPresent() && !scopes.isEmpty());
    }

    private Challenge tokenService(Set<Scope> scopes) throws RegistryException, InterruptedException {
        if (location.isPublicDockerHub()) {
            return RegistryLogin.DOCKER_HUB_CHALLENGE;
        }
        String names = scopes.stream().map(Scope::toString).collect(Collectors.joining(" "));
        RegistryRequest ping = RegistryRequest.getJson(
                        "find the token service" + (names.isEmpty() ? "" : " for " + names),
                        location.registry().resolve("/v2/"))
                .accepting(200, 401);
        return http.call(ping, Authorizer.NONE, RegistryTransport::bearerChallenge);
    }

    private static Challenge bearerChallenge(Answer answer) throws RegistryException {
        List<Challenge> challenges = Challenge.parse(answer.headers("WWW-Authenticate"));
        String otherwise = challenges.stream().anyMatch(Challenge::isBasic)
                ? "the registry does not use tokens: it needs the username and password with each request"
                : "the registry does not use tokens: it requires no login";
        return challenges.stream().filter(Challenge::isBearer).findFirst().orElseThrow(() -> answer.failure(otherwise));
    }

    private static UnauthorizedException refused(
            String host, RegistryAuthentication authentication, Scope scope, TokenGrant grant) {
        String missing = TokenGrant.text(grant.missing(scope));
        String advice = authentication instanceof Anonymous
                ? "set credentialsId to credentials that may " + missing + " there"
                : "check that these credentials may " + missing + " there, or request fewer actions";
        return new UnauthorizedException(
                "Cannot get a token from " + host + " for " + TokenGrant.text(scope.actions()) + " on "
                        + scope.repository() + ": its token service does not grant " + missing + ", only "
                        + TokenGrant.text(grant.granted(scope)) + "; " + advice,
                new Reason(401, List.of("DENIED"), false));
    }

    /**
     * The permissions in a token (distribution's "Token Authentication Implementation", claim {@code access}). A
     * service may silently grant less than requested. The signature is not verified, so this is only a hint.
     */
    static final class TokenGrant {

        /** The actions that {@code *} means if a service lists them. */
        private static final Set<String> ALL = Set.of("pull", "push", "delete");

        private final Map<String, Set<String>> actions = new TreeMap<>();

        private TokenGrant() {}

        /** Empty if the token cannot be parsed. */
        static Optional<TokenGrant> of(String token) {
            String[] parts = token.split("\\.", -1);
            if (parts.length != 3) {
                return Optional.empty();
            }
            return decoded(parts[1])
                    .flatMap(Json::parse)
                    .filter(claims -> claims.field("access").isArray())
                    .map(claims -> {
                        TokenGrant grant = new TokenGrant();
                        claims.field("access").items().stream()
                                .filter(entry -> entry.text("type").equals("repository"))
                                .forEach(entry -> grant.actions
                                        .computeIfAbsent(entry.text("name"), name -> new TreeSet<>())
                                        .addAll(entry.field("actions").itemTexts()));
                        return grant;
                    });
        }

        /** The actions of {@code scope} that are not granted. */
        Set<String> missing(Scope scope) {
            Set<String> granted = granted(scope);
            if (granted.contains("*")) {
                return Set.of();
            }
            Set<String> missing = new TreeSet<>(scope.actions());
            if (missing.remove("*")) {
                missing.addAll(ALL);
            }
            missing.removeAll(granted);
            return missing;
        }

        /** The actions that are granted on the repository of {@code scope}. */
        Set<String> granted(Scope scope) {
            return actions.getOrDefault(scope.repository(), Set.of());
        }

        /** {@code pull and push}; {@code nothing} for none. */
        static String text(Collection<String> actions) {
            return actions.isEmpty() ? "nothing" : String.join(" and ", List.copyOf(actions));
        }

        private static Optional<byte[]> decoded(String part) {
            try {
                return Optional.of(Base64.getUrlDecoder().decode(part.getBytes(StandardCharsets.ISO_8859_1)));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }

    /**
     * A bearer token for the caller.
     *
     * @param value the secret
     * @param seconds how long it is valid
     * @param confirmed whether the token itself shows that it has the requested permissions; not all tokens can be
     *     parsed
     */
    public record IssuedToken(String value, long seconds, boolean confirmed) implements Serializable {

        /** Without the secret. */
        @Override
        public String toString() {
            return "a token valid for " + seconds + " s";
        }
    }
}
