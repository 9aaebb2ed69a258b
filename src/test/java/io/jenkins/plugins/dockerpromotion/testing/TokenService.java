package io.jenkins.plugins.dockerpromotion.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
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

/** Issues bearer tokens for what was asked for and is allowed, and no error where that is less, as real services do. */
final class TokenService {

    private final AccessRules access;
    private final InstantSource clock;
    private final Duration lifetime;
    private final Set<Quirk> quirks;
    private final TokenMint mint;
    private final Map<String, TokenMint.Grant> tokens = new ConcurrentHashMap<>();
    private final Map<String, String> refreshTokens = new ConcurrentHashMap<>();
    private final Set<String> issued = ConcurrentHashMap.newKeySet();

    TokenService(AccessRules access, InstantSource clock, Duration lifetime, Set<Quirk> quirks, TokenMint mint) {
        this.access = access;
        this.clock = clock;
        this.lifetime = quirks.contains(Quirk.NO_EXPIRES_IN) ? Duration.ofSeconds(60) : lifetime;
        this.quirks = quirks;
        this.mint = mint;
    }

    Optional<TokenMint.Grant> find(String token) {
        return Optional.ofNullable(tokens.get(token))
                .filter(it -> clock.instant().isBefore(it.expiry()));
    }

    /** All tokens there ever were. */
    Set<String> issued() {
        return Set.copyOf(issued);
    }

    void expireAll() {
        tokens.clear();
    }

    Answer answer(Incoming request) throws IOException {
        if (request.is("GET")) {
            return get(request);
        }
        if (request.is("POST") && !quirks.contains(Quirk.NO_TOKEN_POST)) {
            return post(new TokenForm(new String(request.bytes(), UTF_8)));
        }
        return Answer.of(404);
    }

    private Answer get(Incoming request) {
        Optional<BasicCredentials> credentials = BasicCredentials.of(request);
        if (credentials.isEmpty() && request.header("Authorization").isPresent()) {
            return refused();
        }
        if (credentials.isPresent() && !accepts(credentials.get())) {
            return refused();
        }
        boolean offline = request.parameter("offline_token").equals(Optional.of("true"));
        return issue(
                credentials.map(BasicCredentials::name),
                request.parameter("service").orElse(""),
                request.parameters("scope"),
                offline);
    }

    private Answer post(TokenForm form) {
        boolean offline = form.value("access_type").equals(Optional.of("offline"));
        Optional<String> user = form.value("grant_type").equals(Optional.of("refresh_token"))
                ? form.value("refresh_token").map(refreshTokens::get)
                : form.credentials().filter(this::accepts).map(BasicCredentials::name);
        return user.isEmpty()
                ? refused()
                : issue(user, form.value("service").orElse(""), form.values("scope"), offline);
    }

    private boolean accepts(BasicCredentials credentials) {
        return access.login(credentials.name(), credentials.secret()) == AccessRules.Login.ACCEPTED;
    }

    private Answer issue(Optional<String> user, String service, List<String> asked, boolean offline) {
        List<Scope> granted = new ArrayList<>();
        asked.stream()
                .flatMap(value -> Arrays.stream(value.split(" ")))
                .limit(quirks.contains(Quirk.FIRST_SCOPE_ONLY) ? 1 : Long.MAX_VALUE)
                .forEach(text ->
                        Scope.parse(text).map(scope -> allowed(user, scope)).ifPresent(granted::add));
        Instant now = clock.instant();
        TokenMint.Grant grant = new TokenMint.Grant(user, service, granted, now, now.plus(lifetime));
        String token = mint.token(grant);
        tokens.put(token, grant);
        issued.add(token);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(quirks.contains(Quirk.ACCESS_TOKEN_FIELD) ? "access_token" : "token", token);
        if (!quirks.contains(Quirk.NO_EXPIRES_IN)) {
            json.put("expires_in", lifetime.toSeconds());
        }
        json.put("issued_at", now.toString());
        if (offline && user.isPresent()) {
            String refresh = UUID.randomUUID().toString();
            refreshTokens.put(refresh, user.get());
            json.put("refresh_token", refresh);
        }
        return Answer.json(200, json);
    }

    private Scope allowed(Optional<String> user, Scope asked) {
        Set<String> actions = new LinkedHashSet<>(asked.actions());
        if (actions.remove("*")) {
            actions.addAll(AccessRules.ALL_ACTIONS);
        }
        actions.removeIf(action -> !access.allows(user, asked.repository(), action));
        return new Scope(asked.repository(), actions);
    }

    private static Answer refused() {
        return Answer.error(401, "UNAUTHORIZED", "HTTP Basic: Access denied");
    }
}
