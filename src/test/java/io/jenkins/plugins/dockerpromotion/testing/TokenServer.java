package io.jenkins.plugins.dockerpromotion.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A registry's token service on a separate origin. */
public final class TokenServer extends HttpTestServer {

    private final Tokens tokens;

    TokenServer(Options options, Tokens tokens) {
        super(options);
        this.tokens = tokens;
    }

    /** Starts a server of signed tokens for a real registry. It uses the system clock; the realm is {@code /token}. */
    public static TokenServer signing(AccessRules access, JwtSigner signer) {
        TokenServer server = new TokenServer(
                Options.DEFAULT,
                new Tokens(access, InstantSource.system(), Duration.ofMinutes(5), Set.of(), signer::sign));
        server.listen();
        return server;
    }

    @Override
    Response answer(Incoming request) {
        return request.path().endsWith("/token") || request.path().endsWith("/auth")
                ? tokens.answer(request)
                : Response.of(404);
    }

    /** A scope of a repository, such as {@code repository:group/app:pull,push}. */
    record Access(String repository, Set<String> actions) {

        static Access of(String repository, String... actions) {
            return new Access(repository, new LinkedHashSet<>(List.of(actions)));
        }

        /** Empty if the text is not a repository scope. */
        static Optional<Access> parse(String text) {
            int first = text.indexOf(':');
            int last = text.lastIndexOf(':');
            return text.startsWith("repository:") && first < last
                    ? Optional.of(of(
                            text.substring(first + 1, last),
                            text.substring(last + 1).split(",")))
                    : Optional.empty();
        }

        @Override
        public String toString() {
            return "repository:" + repository + ":" + String.join(",", actions);
        }
    }

    /** The content of a token: user, service, permissions and validity. */
    record Grant(Optional<String> user, String service, List<Access> access, Instant issued, Instant expiry) {

        boolean covers(Access needed) {
            return access.stream()
                    .anyMatch(it -> it.repository.equals(needed.repository) && it.actions.containsAll(needed.actions));
        }
    }

    /** Issues tokens for the permitted part of the requested scopes. Like real services, it ignores the rest. */
    static final class Tokens {

        /** A random token that only the issuing service can look up. */
        static final Function<Grant, String> OPAQUE = grant -> UUID.randomUUID().toString();

        private final AccessRules access;
        private final InstantSource clock;
        private final Duration lifetime;
        private final Set<Quirk> quirks;
        private final Function<Grant, String> mint;
        private final Map<String, Grant> valid = new ConcurrentHashMap<>();
        private final Set<String> issued = ConcurrentHashMap.newKeySet();

        Tokens(
                AccessRules access,
                InstantSource clock,
                Duration lifetime,
                Set<Quirk> quirks,
                Function<Grant, String> mint) {
            this.access = access;
            this.clock = clock;
            this.lifetime = quirks.contains(Quirk.NO_EXPIRES_IN) ? Duration.ofSeconds(60) : lifetime;
            this.quirks = quirks;
            this.mint = mint;
        }

        Optional<Grant> find(String token) {
            return Optional.ofNullable(valid.get(token))
                    .filter(it -> clock.instant().isBefore(it.expiry()));
        }

        /** All tokens issued so far, including expired ones. */
        Set<String> issued() {
            return Set.copyOf(issued);
        }

        void expireAll() {
            valid.clear();
        }

        Response answer(Incoming request) {
            Optional<String> user = access.user(request);
            if (!request.is("GET")) {
                return Response.of(404);
            }
            if (user.isEmpty() && request.header("Authorization").isPresent()) {
                return Response.error(401, "UNAUTHORIZED", "HTTP Basic: Access denied");
            }
            return issue(user, request.parameter("service").orElse(""), request.parameters("scope"));
        }

        private Response issue(Optional<String> user, String service, List<String> asked) {
            List<Access> granted = new ArrayList<>();
            asked.stream()
                    .flatMap(value -> Arrays.stream(value.split(" ")))
                    .limit(quirks.contains(Quirk.FIRST_SCOPE_ONLY) ? 1 : Long.MAX_VALUE)
                    .forEach(text ->
                            Access.parse(text).map(it -> allowed(user, it)).ifPresent(granted::add));
            Instant now = clock.instant();
            Grant grant = new Grant(user, service, granted, now, now.plus(lifetime));
            String token = mint.apply(grant);
            valid.put(token, grant);
            issued.add(token);
            Map<String, Object> json = new LinkedHashMap<>();
            json.put(quirks.contains(Quirk.ACCESS_TOKEN_FIELD) ? "access_token" : "token", token);
            if (!quirks.contains(Quirk.NO_EXPIRES_IN)) {
                json.put("expires_in", lifetime.toSeconds());
            }
            json.put("issued_at", now.toString());
            return Response.json(200, json);
        }

        private Access allowed(Optional<String> user, Access asked) {
            Set<String> actions = new LinkedHashSet<>(asked.actions());
            if (actions.remove("*")) {
                actions.addAll(AccessRules.ALL_ACTIONS);
            }
            actions.removeIf(action -> !access.allows(user, asked.repository(), action));
            return new Access(asked.repository(), actions);
        }
    }
}
