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

/** Docker Hub's login and its tokens. */
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

    /** All tokens issued so far, including expired ones. */
    Set<String> issued() {
        return Set.copyOf(issued);
    }

    void expireAll() {
        sessions.clear();
    }

    /** The user of a valid token. The scheme is {@code Bearer} or, as in older clients, {@code JWT}. */
    Optional<String> user(Incoming request) {
        return request.header("Authorization")
                .map(value -> value.split(" ", 2))
                .filter(parts -> parts.length == 2 && ("Bearer".equals(parts[0]) || "JWT".equals(parts[0])))
                .map(parts -> sessions.get(parts[1].trim()))
                .filter(session -> clock.instant().isBefore(session.expiry()))
                .map(Session::user);
    }

    Response token(Incoming request) throws IOException {
        JsonNode body = request.json();
        if (!request.is("POST")
                || !body.path("identifier").isTextual()
                || !body.path("secret").isTextual()) {
            return Response.json(400, Map.of("detail", "identifier and secret are required"));
        }
        String user = body.path("identifier").asText();
        return switch (access.login(user, body.path("secret").asText())) {
            case ACCEPTED -> Response.json(200, Map.of("access_token", issue(user)));
            case REFUSED -> Response.json(401, Map.of("detail", "Incorrect authentication credentials"));
            case SECOND_FACTOR_NEEDED ->
                Response.json(
                        401,
                        Map.of(
                                "detail",
                                "Require secondary authentication on MFA enabled account",
                                "login_2fa_token",
                                UUID.randomUUID().toString()));
        };
    }

    /** Docker Hub's deprecated login endpoint, which hand-written Jenkinsfiles still use. */
    Response formerToken(Incoming request) throws IOException {
        JsonNode body = request.json();
        String user = body.path("username").asText();
        return access.login(user, body.path("password").asText()) == AccessRules.Login.ACCEPTED
                ? Response.json(200, Map.of("token", issue(user)))
                : Response.json(401, Map.of("detail", "Incorrect authentication credentials"));
    }

    private String issue(String user) {
        Instant expiry = clock.instant().plus(lifetime);
        String claims = TestJson.text(Map.of("exp", expiry.getEpochSecond()));
        String token = base64("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + base64(claims) + "."
                + base64(UUID.randomUUID().toString());
        sessions.put(token, new Session(user, expiry));
        issued.add(token);
        return token;
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
