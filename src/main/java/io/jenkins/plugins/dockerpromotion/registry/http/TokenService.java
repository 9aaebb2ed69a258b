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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;

/**
 * Gets bearer tokens from a registry's token service, and caches them until shortly before they expire (distribution's
 * "Token Authentication Specification"). For one registry and one credential.
 */
final class TokenService {

    /** The default lifetime in the specification, if {@code expires_in} is missing. */
    private static final int DEFAULT_LIFETIME_SECONDS = 60;

    private static final Authorizer ANONYMOUS =
            new Authorizer.Fixed(Optional.empty(), "set credentialsId to credentials that may do this", List.of());

    private static final Duration LONGEST_MARGIN = Duration.ofSeconds(30);

    /** Registries whose token service is in another domain, by the registry's domain. */
    private static final Map<String, String> WELL_KNOWN =
            Map.of("scw.cloud", "api.scaleway.com", "nvcr.io", "authn.nvidia.com");

    private final HttpTransport transport;
    private final RegistryLocation location;
    private final Origin registry;
    private final RegistryAuthentication authentication;
    private final Timekeeper time;
    private final ReentrantLock asking = new ReentrantLock();
    private final Map<Set<Scope>, Token> tokens = new ConcurrentHashMap<>();

    TokenService(
            HttpTransport transport,
            RegistryLocation location,
            RegistryAuthentication authentication,
            Timekeeper time) {
        this.transport = transport;
        this.location = location;
        this.registry = Origin.of(location.registry());
        this.authentication = authentication;
        this.time = time;
    }

    /**
     * A token from the service.
     *
     * @param lifetime as reported by the service
     * @param renewAt when to replace it
     */
    record Token(String value, Duration lifetime, Instant renewAt) {}

    /** A token for {@code scopes}, as far as the service grants them. */
    String token(Challenge challenge, Set<Scope> scopes) throws RegistryException, InterruptedException {
        asking.lockInterruptibly();
        try {
            Token known = tokens.get(scopes);
            if (known == null || !time.now().isBefore(known.renewAt)) {
                known = ask(challenge, scopes);
                tokens.put(scopes, known);
            }
            return known.value;
        } finally {
            asking.unlock();
        }
    }

    /** Drops a token that the registry no longer accepts. */
    void forget(String refused) throws InterruptedException {
        asking.lockInterruptibly();
        try {
            tokens.values().removeIf(t -> t.value.equals(refused));
        } finally {
            asking.unlock();
        }
    }

    /** The tokens, which no message may contain. */
    List<String> known() {
        return tokens.values().stream().map(Token::value).toList();
    }

    /** A token that is not cached. */
    Token ask(Challenge challenge, Set<Scope> scopes) throws RegistryException, InterruptedException {
        String names = scopes.stream().map(Scope::toString).collect(Collectors.joining(" "));
        String phrase = "get a token for " + registry + (names.isEmpty() ? "" : " (" + names + ")");
        URI realm = realm(challenge, phrase);
        Instant askedAt = time.now();
        URI uri = URI.create(realm + (realm.getRawQuery() == null ? "?" : "&") + query(challenge, scopes));
        return transport.call(RegistryRequest.getJson(phrase, uri), credential(), answer -> read(answer, askedAt));
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
        if (!mayBeAsked(registry, origin, location.tokenServices())) {
            throw new RegistryException("Cannot " + phrase + ": its token service " + origin + " is "
                    + (origin.isEncrypted() ? "an address of a private network" : "not encrypted")
                    + "; nothing was sent there" + (origin.isEncrypted() ? advice(origin) : ""));
        }
        if (authentication instanceof Basic && !mayReceiveCredentials(registry, origin, location.tokenServices())) {
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
        if (!(authentication instanceof Basic basic)) {
            return ANONYMOUS;
        }
        return new Authorizer.Fixed(
                Optional.of(basic.header()),
                "check the password or access token of '" + basic.username() + "'",
                basic.secrets());
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

    // A registry decides where a password is sent, so the address must be encrypted and belong to the registry.

    /**
     * Whether requests to it are allowed: it must be encrypted, or not less protected than the registry, and not on a
     * private network.
     */
    static boolean mayBeAsked(Origin registry, Origin service, List<String> listed) {
        boolean safe = service.isEncrypted() || (!registry.isEncrypted() && isSameHost(registry, service));
        return safe && (isSameHost(registry, service) || isListed(service, listed) || !isWithin(service));
    }

    /** Whether it may receive credentials for the registry. */
    static boolean mayReceiveCredentials(Origin registry, Origin service, List<String> listed) {
        return mayBeAsked(registry, service, listed)
                && (isSameHost(registry, service)
                        || isListed(service, listed)
                        || isSameDomain(registry.host(), service.host())
                        || isWellKnown(registry.host(), service.host()));
    }

    private static boolean isSameHost(Origin a, Origin b) {
        return a.host().equals(b.host()) || (a.isLoopback() && b.isLoopback());
    }

    private static boolean isListed(Origin service, List<String> listed) {
        String port = ":" + service.port();
        return listed.stream()
                .anyMatch(entry ->
                        entry.equalsIgnoreCase(service.host()) || entry.equalsIgnoreCase(service.host() + port));
    }

    private static boolean isWellKnown(String registry, String service) {
        return WELL_KNOWN.entrySet().stream()
                .anyMatch(pair -> service.equals(pair.getValue())
                        && (registry.equals(pair.getKey()) || registry.endsWith("." + pair.getKey())));
    }

    /** Two names in one registered domain: {@code registry.example.com} and {@code auth.example.com}. */
    private static boolean isSameDomain(String a, String b) {
        if (isAddress(a) || isAddress(b)) {
            return false;
        }
        String domain = PublicSuffixMatcherLoader.getDefault().getDomainRoot(a);
        return domain != null
                && domain.contains(".")
                && domain.equals(PublicSuffixMatcherLoader.getDefault().getDomainRoot(b));
    }

    private static boolean isAddress(String host) {
        return host.startsWith("[") || host.matches("[0-9.]+");
    }

    /** Whether it is an address of this machine or of a private network, which a public registry must not use. */
    private static boolean isWithin(Origin service) {
        String host = service.host();
        return service.isLoopback()
                || host.endsWith(".localhost")
                || host.matches("(0|10|127)\\..*|(169\\.254|192\\.168)\\..*|172\\.(1[6-9]|2[0-9]|3[01])\\..*")
                        && isAddress(host)
                || host.matches("100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.[0-9.]+")
                || host.matches("[0-9]+|0x[0-9a-f]+")
                || host.matches("\\[(::|::1|::ffff:.*|64:ff9b:.*|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)]");
    }
}
