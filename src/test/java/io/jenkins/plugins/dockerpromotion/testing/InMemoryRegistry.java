package io.jenkins.plugins.dockerpromotion.testing;

import io.jenkins.plugins.dockerpromotion.testing.RegistryContent.StoredManifest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import javax.net.ssl.SSLContext;

/**
 * An in-memory registry that implements the OCI distribution specification, with optional quirks of real registries.
 */
public final class InMemoryRegistry extends HttpTestServer {

    private final Builder settings;
    private final RegistryContent content;
    private final Uploads uploads;
    private final TokenServer.Tokens tokens;
    private final Optional<TokenServer> tokenServer;
    private final RegistryApi api;

    private InMemoryRegistry(Builder settings) {
        super(settings.options);
        this.settings = settings;
        content = new RegistryContent(settings.clock);
        uploads = new Uploads(content, settings);
        tokens = new TokenServer.Tokens(
                settings.access, settings.clock, settings.tokenLifetime, settings.quirks, settings.mint);
        tokenServer = settings.tokensElsewhere
                ? Optional.of(new TokenServer(settings.options.withPort(0), tokens))
                : Optional.empty();
        tokenServer.ifPresent(HttpTestServer::listen);
        URI issuer = tokenServer.isPresent() ? tokenServer.get().uri() : uri();
        api = new RegistryApi(settings, content, tokens, issuer + settings.tokenPath, uploads);
    }

    /** Starts a registry without authentication. */
    public static InMemoryRegistry start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Stores an image with everything it refers to, and tags it; returns its digest. */
    public String push(String repository, String tag, TestImage image) {
        return content.push(repository, List.of(tag), image);
    }

    /** Stores an image without a tag; returns its digest. */
    public String push(String repository, TestImage image) {
        return content.push(repository, List.of(), image);
    }

    /** Stores an image with many tags; returns its digest. Fast even for 100,000 tags. */
    public String addTags(String repository, TestImage image, Collection<String> tags) {
        return content.push(repository, tags, image);
    }

    /** Stores referrers of {@code subject}; without the referrers API, also stores the index under the fallback tag. */
    public void attach(String repository, TestImage subject, TestImage... referrers) {
        for (TestImage referrer : referrers) {
            push(repository, referrer);
        }
        if (settings.has(Quirk.NO_REFERRERS_API)) {
            push(repository, Attachment.tag(subject), Attachment.fallback(referrers));
        }
    }

    public void tag(String repository, String newTag, String digestOrTag) {
        String digest = content.existing(repository)
                .digest(digestOrTag)
                .orElseThrow(() -> new NoSuchElementException(repository + " has no " + digestOrTag));
        content.tag(repository, List.of(newTag), digest);
    }

    /** Creates an empty repository, as it remains after the deletion of its last tag. */
    public void createRepository(String repository) {
        content.create(repository);
    }

    public void deleteTag(String repository, String tag) {
        content.existing(repository).deleteTag(tag);
    }

    /** Deletes a manifest and the tags that point to it. */
    public void deleteManifest(String repository, String digest) {
        content.existing(repository).deleteManifest(digest);
    }

    public void deleteBlob(String repository, String digest) {
        content.existing(repository).deleteBlob(digest);
    }

    public Optional<String> digestOf(String repository, String tag) {
        return content.find(repository).flatMap(it -> it.digest(tag));
    }

    /** The tags in lexical order; empty for a repository that does not exist. */
    public SortedSet<String> tags(String repository) {
        return new TreeSet<>(
                content.find(repository).map(it -> it.tags().keySet()).orElseGet(() -> new TreeSet<>()));
    }

    public Optional<byte[]> manifestBytes(String repository, String tagOrDigest) {
        return content.find(repository)
                .flatMap(it -> it.manifest(tagOrDigest))
                .map(manifest -> manifest.bytes().clone());
    }

    public Optional<String> mediaTypeOf(String repository, String tagOrDigest) {
        return content.find(repository).flatMap(it -> it.manifest(tagOrDigest)).map(StoredManifest::mediaType);
    }

    public boolean hasManifest(String repository, String tagOrDigest) {
        return manifestBytes(repository, tagOrDigest).isPresent();
    }

    public boolean hasBlob(String repository, String digest) {
        return content.find(repository).flatMap(it -> it.blob(digest)).isPresent();
    }

    /** The number of upload sessions that were neither finished nor cancelled. */
    public int openUploads() {
        return uploads.open();
    }

    /** The number of pulls left before the registry responds 429, with {@link Builder#pullLimit}. */
    public int pullsLeft() {
        return settings.pullsLeft.get();
    }

    /** The accounts, which can be changed while the registry is running. */
    public AccessRules access() {
        return settings.access;
    }

    /** Every token issued so far. */
    public Set<String> issuedTokens() {
        return tokens.issued();
    }

    /** Invalidates all tokens issued so far. */
    public void expireTokens() {
        tokens.expireAll();
    }

    /** The token server; throws unless {@link Builder#tokensOnOtherOrigin} is set. */
    public TokenServer tokenServer() {
        return tokenServer.orElseThrow();
    }

    @Override
    public void close() {
        tokenServer.ifPresent(HttpTestServer::close);
        super.close();
        uploads.close();
    }

    RegistryContent content() {
        return content;
    }

    InstantSource clock() {
        return settings.clock;
    }

    @Override
    Response answer(Incoming request) throws IOException {
        Fault.Handling answer = () -> route(request);
        for (Standing standing : settings.standing) {
            if (standing.when.test(request.record())) {
                Fault.Handling inner = answer;
                answer = () -> standing.fault.apply(inner);
            }
        }
        return answer.proceed();
    }

    private Response route(Incoming request) throws IOException {
        boolean issues = settings.authentication == Authentication.BEARER && tokenServer.isEmpty();
        return issues && request.path().equals(settings.tokenPath)
                ? tokens.answer(request)
                : api.answer(request).with("Docker-Distribution-API-Version", "registry/2.0");
    }

    /** A response that a registry changes for all requests that match, in addition to the faults of a test. */
    record Standing(Predicate<RecordedRequest> when, Fault fault) {}

    enum Authentication {
        NONE,
        BASIC,
        BEARER
    }

    /** Builds an {@link InMemoryRegistry}; by default, without authentication and quirks. */
    public static final class Builder {

        private static final String MANIFEST = "/v2/.*/manifests/.*";

        final AccessRules access = new AccessRules();
        final Set<Quirk> quirks = EnumSet.noneOf(Quirk.class);
        Options options = Options.DEFAULT;
        InstantSource clock = InstantSource.system();
        Authentication authentication = Authentication.NONE;
        Function<TokenServer.Grant, String> mint = TokenServer.Tokens.OPAQUE;
        Duration tokenLifetime = Duration.ofMinutes(5);
        String tokenPath = "/token";
        String service = "registry.test";
        boolean tokensElsewhere;
        int maxPageSize = Integer.MAX_VALUE;
        int referrersPageSize = Integer.MAX_VALUE;
        private final List<Standing> standing = new ArrayList<>();
        private final AtomicInteger pullsLeft = new AtomicInteger();

        private Builder() {}

        public InMemoryRegistry start() {
            InMemoryRegistry registry = new InMemoryRegistry(this);
            registry.listen();
            return registry;
        }

        public Builder port(int port) {
            options = options.withPort(port);
            return this;
        }

        /** Serves https, for example with the context from {@link TestCertificates#serverContext}. */
        public Builder tls(SSLContext context) {
            options = options.withTls(context);
            return this;
        }

        /** The clock for push times and the expiry of tokens. */
        public Builder clock(InstantSource source) {
            clock = source;
            return this;
        }

        /** Requires Basic authentication. */
        public Builder basic() {
            authentication = Authentication.BASIC;
            return this;
        }

        /** Requires a bearer token, which the registry issues at {@code /token}. */
        public Builder bearer() {
            authentication = Authentication.BEARER;
            return this;
        }

        /** Adds an account with all permissions. */
        public Builder user(String name, String password) {
            access.user(name, password);
            return this;
        }

        /** Limits a user to these actions; {@code *} in the glob matches any characters. */
        public Builder allow(String name, String repositoryGlob, String... actions) {
            access.allow(name, repositoryGlob, actions);
            return this;
        }

        /** Allows anonymous pulls. */
        public Builder publicRepository(String repositoryGlob) {
            access.publicRepository(repositoryGlob);
            return this;
        }

        /** The lifetime of tokens; by default 5 minutes. */
        public Builder tokenLifetime(Duration lifetime) {
            tokenLifetime = lifetime;
            return this;
        }

        /** The path of the token endpoint; by default {@code /token}. GitLab's is {@code /jwt/auth}. */
        public Builder tokenPath(String path) {
            tokenPath = path;
            return this;
        }

        /** Issues JSON Web Tokens that list their permissions, as most services do. By default, tokens are opaque. */
        public Builder readableTokens() {
            mint = TestCertificates.shared().signer()::sign;
            return this;
        }

        /** The service in challenges; GitLab's is {@code container_registry}. */
        public Builder service(String name) {
            service = name;
            return this;
        }

        /** Issues tokens on a separate server, {@link InMemoryRegistry#tokenServer}. */
        public Builder tokensOnOtherOrigin() {
            tokensElsewhere = true;
            return this;
        }

        /** The realm in challenges, if it differs from the token endpoint. */
        public Builder realm(String url) {
            return always(
                    ".*",
                    ".*",
                    Fault.changeHeader(
                            "WWW-Authenticate",
                            challenge -> challenge.replaceFirst(
                                    "realm=\"[^\"]*\"", Matcher.quoteReplacement("realm=\"" + url + "\""))));
        }

        public Builder with(Quirk... more) {
            quirks.addAll(Arrays.asList(more));
            Arrays.stream(more).flatMap(quirk -> quirk.standing().stream()).forEach(standing::add);
            return this;
        }

        public Builder maxPageSize(int tags) {
            maxPageSize = tags;
            return this;
        }

        public Builder referrersPageSize(int referrers) {
            referrersPageSize = referrers;
            return this;
        }

        public Builder maxManifestBytes(long bytes) {
            standing.add(new Standing(
                    RecordedRequest.matching("PUT", MANIFEST)
                            .and(put ->
                                    Long.parseLong(put.header("Content-Length").orElse("0")) > bytes),
                    Fault.error(413, "SIZE_INVALID", "manifest is too large")));
            return this;
        }

        /** Like Docker Hub, counts GET requests for manifests and responds 429 after this many. */
        public Builder pullLimit(int pulls) {
            pullsLeft.set(pulls);
            UnaryOperator<Response> told = answer -> answer.with("ratelimit-limit", pulls + ";w=21600")
                    .with("ratelimit-remaining", pullsLeft.get() + ";w=21600");
            always("HEAD", MANIFEST, Fault.after(told));
            return always(
                    "GET",
                    MANIFEST,
                    Fault.after(answer -> answer.status() == 401
                            ? answer
                            : told.apply(
                                    pullsLeft.getAndUpdate(n -> Math.max(n - 1, 0)) > 0
                                            ? answer
                                            : Response.error(
                                                    429,
                                                    "TOOMANYREQUESTS",
                                                    "You have reached your pull rate limit."))));
        }

        /** Uses another origin in {@code Link} headers. */
        public Builder linksTo(URI origin) {
            return always("GET", ".*", Fault.changeHeader("Link", link -> link.replaceFirst("<", "<" + origin)));
        }

        /** Redirects blob downloads to another origin. */
        public Builder redirectBlobsTo(InMemoryBlobServer server) {
            return always(
                    "GET",
                    "/v2/.*/blobs/[^/]*",
                    Fault.after(answer -> answer.status() == 200
                            ? Response.of(307).with("Location", server.offer(answer.body()))
                            : answer));
        }

        private Builder always(String methods, String pathRegex, Fault fault) {
            standing.add(new Standing(RecordedRequest.matching(methods, pathRegex), fault));
            return this;
        }

        boolean has(Quirk quirk) {
            return quirks.contains(quirk);
        }
    }
}
