package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Docker Hub's logins, today's and the deprecated one, and the tokens they give out. */
final class HubLogin {

    private final AccessRules access;
    private final InstantSource clock;
    private final Duration lifetime;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final Set<String> issued = ConcurrentHashMap.newKeySet();

    HubLogin(AccessRules access, InstantSource clock, Duration lifetime) {
        this.access = access;
        this.clock = clock;
        this.lifetime = lifetime;
    }

    private record Session(String user, Instant expiry) {}

    Answer token(Incoming request) throws IOException {
        return login(request, "identifier", "secret", "access_token");
    }

    Answer deprecatedLogin(Incoming request) throws IOException {
        return login(request, "username", "password", "token");
    }

    /** All tokens there ever were. */
    Set<String> issued() {
        return Set.copyOf(issued);
    }

    void expireAll() {
        sessions.clear();
    }

    /** The refusal of a token that is presented but not valid; a request without one goes on as anonymous. */
    Optional<Answer> refusal(Incoming request) {
        boolean invalid =
                request.header("Authorization").isPresent() && user(request).isEmpty();
        return invalid ? Optional.of(unauthorized("Given token not valid for any token type")) : Optional.empty();
    }

    /** The user of a valid token, under the scheme Bearer or the older JWT. */
    Optional<String> user(Incoming request) {
        return request.header("Authorization")
                .map(value -> value.split(" ", 2))
                .filter(parts -> parts.length == 2 && ("Bearer".equals(parts[0]) || "JWT".equals(parts[0])))
                .map(parts -> sessions.get(parts[1].trim()))
                .filter(session -> clock.instant().isBefore(session.expiry()))
                .map(Session::user);
    }

    private Answer login(Incoming request, String nameField, String secretField, String tokenField) throws IOException {
        JsonNode body = request.json();
        if (!request.is("POST")
                || !body.path(nameField).isTextual()
                || !body.path(secretField).isTextual()) {
            return Answer.json(400, Map.of("detail", nameField + " and " + secretField + " are required"));
        }
        String user = body.path(nameField).asText();
        return switch (access.login(user, body.path(secretField).asText())) {
            case ACCEPTED -> Answer.json(200, Map.of(tokenField, issue(user)));
            case REFUSED -> unauthorized("Incorrect authentication credentials");
            case SECOND_FACTOR_NEEDED ->
                Answer.json(
                        401,
                        Map.of(
                                "detail",
                                "Require secondary authentication on MFA enabled account",
                                "login_2fa_token",
                                UUID.randomUUID().toString()));
        };
    }

    private String issue(String user) {
        Instant expiry = clock.instant().plus(lifetime);
        String claims = Json.text(Map.of("exp", expiry.getEpochSecond()));
        String token = base64("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + base64(claims) + "."
                + base64(UUID.randomUUID().toString());
        sessions.put(token, new Session(user, expiry));
        issued.add(token);
        return token;
    }

    private static Answer unauthorized(String detail) {
        return Answer.json(401, Map.of("detail", detail));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
