package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Anonymous;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gets a bearer token of a registry's token service to hand it out, for calls that this client does not make: one request
 * for the registry's challenge (distribution's "Token Authentication Specification"), one for the token.
 */
public final class TokenIssuer {

    private final String host;
    private final RegistryAuthentication authentication;
    private final RegistryContext context;

    /** @param host of the registry, as in image names */
    public TokenIssuer(String host, RegistryAuthentication authentication, RegistryContext context) {
        this.host = host;
        this.authentication = authentication;
        this.context = context;
    }

    /**
     * A token for just {@code scopes}; without any, one that shows no more than who is logged in.
     *
     * @throws RegistryException also when the registry has no token service, or it grants less than was asked for
     */
    public IssuedToken issue(Set<Scope> scopes) throws RegistryException, InterruptedException {
        if (authentication instanceof Bearer) {
            throw new RegistryException("Cannot get a token of " + host
                    + ": the credentials already are an access token; use it directly, or add a username");
        }
        RegistryLocation location = RegistryTransport.locate(host, context);
        HttpTransport transport = context.transport(location);
        Challenge challenge = location.isPublicDockerHub()
                ? RegistryTransport.DOCKER_HUB_CHALLENGE
                : challenge(location, transport, scopes);
        TokenService service = new TokenService(transport, location, authentication, context.time());
        TokenService.Token token = service.ask(challenge, scopes);
        Optional<TokenGrant> grant = TokenGrant.of(token.value());
        for (Scope scope : scopes) {
            if (grant.isPresent() && !grant.get().missing(scope).isEmpty()) {
                throw refused(scope, grant.get());
            }
        }
        return new IssuedToken(token.value(), token.lifetime().toSeconds(), grant.isPresent() && !scopes.isEmpty());
    }

    private Challenge challenge(RegistryLocation location, HttpTransport transport, Set<Scope> scopes)
            throws RegistryException, InterruptedException {
        String names = scopes.stream().map(Scope::toString).collect(Collectors.joining(" "));
        RegistryRequest ping = RegistryRequest.getJson(
                        "ask for the token service" + (names.isEmpty() ? "" : " for " + names),
                        location.registry().resolve("/v2/"))
                .accepting(200, 401);
        return transport.call(ping, Authorizer.NONE, TokenIssuer::bearerChallenge);
    }

    private static Challenge bearerChallenge(Answer answer) throws RegistryException {
        List<Challenge> challenges = Challenge.parse(answer.headers("WWW-Authenticate"));
        String otherwise = challenges.stream().anyMatch(Challenge::isBasic)
                ? "the registry has no tokens: it needs the username and password with each request"
                : "the registry has no tokens: it asks nobody to log in";
        return challenges.stream().filter(Challenge::isBearer).findFirst().orElseThrow(() -> answer.failure(otherwise));
    }

    private UnauthorizedException refused(Scope scope, TokenGrant grant) {
        String missing = TokenGrant.text(grant.missing(scope));
        String advice = authentication instanceof Anonymous
                ? "set credentialsId to credentials that may " + missing + " there"
                : "check that these credentials may " + missing + " there, or ask for less";
        return new UnauthorizedException(
                "Cannot get a token for " + TokenGrant.text(scope.actions()) + " on " + scope.repository() + " of "
                        + host
                        + ": its token service does not grant " + missing + ", only "
                        + TokenGrant.text(grant.granted(scope)) + "; " + advice,
                new Reason(401, List.of("DENIED"), false));
    }
}
