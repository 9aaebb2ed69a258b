package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/** A registry's token service on an origin of its own. */
public final class TokenServer extends HttpTestServer {

    private final TokenService tokens;

    TokenServer(ServerOptions options, TokenService tokens) {
        super(options);
        this.tokens = tokens;
    }

    /** Issues signed tokens for a real registry, which go by the system's time; the realm is {@code /token}. */
    public static TokenServer signing(AccessRules access, JwtSigner signer) {
        TokenService tokens =
                new TokenService(access, InstantSource.system(), Duration.ofMinutes(5), Set.of(), signer::sign);
        TokenServer server = new TokenServer(ServerOptions.DEFAULT, tokens);
        server.listen();
        return server;
    }

    @Override
    Answer answer(Incoming request) throws IOException {
        return request.path().endsWith("/token") || request.path().endsWith("/auth")
                ? tokens.answer(request)
                : Answer.of(404);
    }
}
