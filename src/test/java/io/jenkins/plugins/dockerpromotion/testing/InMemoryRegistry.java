package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** A registry of the OCI distribution specification in memory, with the quirks of whichever real one is wanted. */
public final class InMemoryRegistry extends HttpTestServer {

    private final RegistryContent content;
    private final InstantSource clock;
    private final AccessRules access;
    private final PullLimit pulls;
    private final UploadRoutes uploads;
    private final TokenService tokens;
    private final Optional<String> tokenPath;
    private final Optional<TokenServer> tokenServer;
    private final RegistryRouter router;

    InMemoryRegistry(InMemoryRegistryBuilder builder) {
        super(builder.options());
        clock = builder.clock();
        access = builder.access();
        content = new RegistryContent(clock);
        RegistrySettings settings = builder.settings();
        pulls = new PullLimit(settings.pullLimit());
        uploads = new UploadRoutes(content, settings);
        tokens = builder.tokenService();
        tokenServer = builder.tokenServer(tokens);
        tokenPath = tokenServer.isPresent() ? Optional.empty() : builder.tokenPath();
        String realm = builder.realm(tokenServer.isPresent() ? tokenServer.get().uri() : uri());
        router = new RegistryRouter(content, settings, builder.gate(tokens, realm), uploads, pulls);
    }

    /** A registry that lets everybody do everything. */
    public static InMemoryRegistry start() {
        return builder().start();
    }

    public static InMemoryRegistryBuilder builder() {
        return new InMemoryRegistryBuilder();
    }

    /** Stores an image with all it names, under any number of tags; returns its digest. */
    public String push(String repository, String tag, TestImage image) {
        return content.push(repository, List.of(tag), image);
    }

    /** Stores an image without a tag; returns its digest. */
    public String push(String repository, TestImage image) {
        return content.push(repository, List.of(), image);
    }

    /** Gives one image many tags at once; a hundred thousand take a moment. */
    public String addTags(String repository, TestImage image, Collection<String> tags) {
        return content.push(repository, tags, image);
    }

    public void tag(String repository, String newTag, String digestOrTag) {
        String digest = content.existing(repository)
                .digest(digestOrTag)
                .orElseThrow(() -> new NoSuchElementException(repository + " has no " + digestOrTag));
        content.tag(repository, List.of(newTag), digest);
    }

    /** An empty repository, as is left when the last tag is deleted. */
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

    /** Lets no tag of the repository be moved or deleted, or lets them again. */
    public void immutableTags(String repository, boolean immutable) {
        content.create(repository).immutable(immutable);
    }

    public Optional<String> digestOf(String repository, String tag) {
        return content.find(repository).flatMap(it -> it.digest(tag));
    }

    /** The tags in lexical order; none for a repository that does not exist. */
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

    /** Upload sessions that a client began and neither finished nor cancelled. */
    public int openUploads() {
        return uploads.open();
    }

    /** Pulls left until 429; negative where there is no limit. */
    public int pullsLeft() {
        return pulls.remaining();
    }

    /** The accounts, which may be changed while the registry runs. */
    public AccessRules access() {
        return access;
    }

    /** Every token issued so far. */
    public Set<String> issuedTokens() {
        return tokens.issued();
    }

    /** Makes every token issued so far worthless, long before its time. */
    public void expireTokens() {
        tokens.expireAll();
    }

    /** The token service's own server; fails unless it was put on another origin. */
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
        return clock;
    }

    @Override
    Answer answer(Incoming request) throws IOException {
        return tokenPath.equals(Optional.of(request.path()))
                ? tokens.answer(request)
                : router.answer(request).with("Docker-Distribution-API-Version", "registry/2.0");
    }
}
