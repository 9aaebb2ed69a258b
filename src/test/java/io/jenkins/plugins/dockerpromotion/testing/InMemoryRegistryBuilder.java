package io.jenkins.plugins.dockerpromotion.testing;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

/** Says what kind of registry an {@link InMemoryRegistry} is; as it stands, an anonymous one without quirks. */
public final class InMemoryRegistryBuilder {

    private enum Authentication {
        NONE,
        BASIC,
        BEARER
    }

    private final AccessRules access = new AccessRules();
    private final Set<Quirk> quirks = EnumSet.noneOf(Quirk.class);
    private ServerOptions options = ServerOptions.DEFAULT;
    private InstantSource clock = InstantSource.system();
    private Authentication authentication = Authentication.NONE;
    private TokenMint mint = TokenMint.OPAQUE;
    private Duration tokenLifetime = Duration.ofMinutes(5);
    private String tokenPath = "/token";
    private String service = "registry.test";
    private boolean tokensElsewhere;
    private Optional<String> realm = Optional.empty();
    private int maxPageSize = Integer.MAX_VALUE;
    private int referrersPageSize = Integer.MAX_VALUE;
    private long maxManifestBytes = Long.MAX_VALUE;
    private int pullLimit = -1;
    private Optional<URI> linkOrigin = Optional.empty();
    private Optional<InMemoryBlobServer> blobOrigin = Optional.empty();

    InMemoryRegistryBuilder() {}

    public InMemoryRegistry start() {
        InMemoryRegistry registry = new InMemoryRegistry(this);
        registry.listen();
        return registry;
    }

    public InMemoryRegistryBuilder port(int port) {
        options = options.withPort(port);
        return this;
    }

    /** Serves https; {@link TestCertificates#serverContext} makes a fitting context. */
    public InMemoryRegistryBuilder tls(SSLContext context) {
        options = options.withTls(context);
        return this;
    }

    /** The time by which tags are pushed and tokens expire. */
    public InMemoryRegistryBuilder clock(InstantSource source) {
        clock = source;
        return this;
    }

    /** Asks for a user name and password with each request. */
    public InMemoryRegistryBuilder basic() {
        authentication = Authentication.BASIC;
        return this;
    }

    /** Asks for a bearer token, which its own {@code /token} issues. */
    public InMemoryRegistryBuilder bearer() {
        authentication = Authentication.BEARER;
        return this;
    }

    /** An account that may do everything. */
    public InMemoryRegistryBuilder user(String name, String password) {
        access.user(name, password);
        return this;
    }

    /** Lets a user do this, and no longer everything; {@code *} in the glob stands for anything. */
    public InMemoryRegistryBuilder allow(String name, String repositoryGlob, String... actions) {
        access.allow(name, repositoryGlob, actions);
        return this;
    }

    /** Lets everybody pull. */
    public InMemoryRegistryBuilder publicRepository(String repositoryGlob) {
        access.publicRepository(repositoryGlob);
        return this;
    }

    /** How long tokens live; 5 minutes unless said otherwise. */
    public InMemoryRegistryBuilder tokenLifetime(Duration lifetime) {
        tokenLifetime = lifetime;
        return this;
    }

    /** Where tokens are issued, {@code /token} unless said otherwise; GitLab's is {@code /jwt/auth}. */
    public InMemoryRegistryBuilder tokenPath(String path) {
        tokenPath = path;
        return this;
    }

    /** Issues tokens that say what they allow, as most services do; otherwise nobody can read them. */
    public InMemoryRegistryBuilder readableTokens() {
        mint = TestCertificates.shared().signer()::sign;
        return this;
    }

    /** The service named in challenges; GitLab's is {@code container_registry}. */
    public InMemoryRegistryBuilder service(String name) {
        service = name;
        return this;
    }

    /** Issues tokens on a second server, {@link InMemoryRegistry#tokenServer}. */
    public InMemoryRegistryBuilder tokensOnOtherOrigin() {
        tokensElsewhere = true;
        return this;
    }

    /** The realm named in challenges, whatever serves it. */
    public InMemoryRegistryBuilder realm(String url) {
        realm = Optional.of(url);
        return this;
    }

    public InMemoryRegistryBuilder with(Quirk... more) {
        quirks.addAll(Arrays.asList(more));
        return this;
    }

    public InMemoryRegistryBuilder maxPageSize(int tags) {
        maxPageSize = tags;
        return this;
    }

    public InMemoryRegistryBuilder referrersPageSize(int referrers) {
        referrersPageSize = referrers;
        return this;
    }

    public InMemoryRegistryBuilder maxManifestBytes(long bytes) {
        maxManifestBytes = bytes;
        return this;
    }

    /** Counts GETs of manifests like Docker Hub, and answers 429 when there were this many. */
    public InMemoryRegistryBuilder pullLimit(int pulls) {
        pullLimit = pulls;
        return this;
    }

    /** Lets the links to next pages point to another origin. */
    public InMemoryRegistryBuilder linksTo(URI origin) {
        linkOrigin = Optional.of(origin);
        return this;
    }

    /** Redirects downloads of blobs to another origin. */
    public InMemoryRegistryBuilder redirectBlobsTo(InMemoryBlobServer server) {
        blobOrigin = Optional.of(server);
        return this;
    }

    ServerOptions options() {
        return options;
    }

    InstantSource clock() {
        return clock;
    }

    AccessRules access() {
        return access;
    }

    RegistrySettings settings() {
        return new RegistrySettings(
                Set.copyOf(quirks),
                maxPageSize,
                referrersPageSize,
                maxManifestBytes,
                pullLimit,
                linkOrigin,
                blobOrigin);
    }

    TokenService tokenService() {
        return new TokenService(access, clock, tokenLifetime, Set.copyOf(quirks), mint);
    }

    Optional<String> tokenPath() {
        return Optional.of(tokenPath).filter(path -> authentication == Authentication.BEARER);
    }

    Optional<TokenServer> tokenServer(TokenService tokens) {
        if (!tokensElsewhere) {
            return Optional.empty();
        }
        TokenServer server = new TokenServer(options.withPort(0), tokens);
        server.listen();
        return Optional.of(server);
    }

    String realm(URI tokenOrigin) {
        return realm.orElse(tokenOrigin + tokenPath);
    }

    Gate gate(TokenService tokens, String realmUrl) {
        return switch (authentication) {
            case NONE -> Gate.OPEN;
            case BASIC -> new BasicGate(access);
            case BEARER -> new BearerGate(tokens, realmUrl, service, Set.copyOf(quirks));
        };
    }
}
