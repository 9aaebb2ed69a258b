package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Docker Hub's API host in memory, over the content and the accounts of an {@link InMemoryRegistry}. */
public final class InMemoryDockerHub extends HttpTestServer {

    private final InMemoryRegistry registry;
    private final HubLogin login;
    private final HubRepositories repositories;
    private final HubCallbacks callbacks = new HubCallbacks();
    private final HubRateLimit rateLimit;
    private final HubRouter router;
    private final boolean ownsRegistry;

    InMemoryDockerHub(InMemoryDockerHubBuilder builder) {
        super(builder.options());
        registry = builder.registry();
        ownsRegistry = builder.ownsRegistry();
        HubSettings settings = builder.settings();
        InstantSource clock = registry.clock();
        login = new HubLogin(registry.access(), clock, settings.tokenLifetime());
        repositories = new HubRepositories(settings);
        rateLimit = new HubRateLimit(settings, clock);
        router = new HubRouter(registry.content(), registry.access(), settings, login, repositories, callbacks);
    }

    /** A Docker Hub with a registry of its own, which asks for tokens like Docker's and is closed with it. */
    public static InMemoryDockerHub start() {
        return builder().start();
    }

    public static InMemoryDockerHubBuilder builder() {
        return new InMemoryDockerHubBuilder();
    }

    /** The registry host, where images are pushed to and pulled from. */
    public InMemoryRegistry registry() {
        return registry;
    }

    /** The accounts, which are the registry's as well. */
    public AccessRules access() {
        return registry.access();
    }

    /** The short description on the repository's page; empty as long as nobody set it. */
    public String description(String repository) {
        return repositories.text(repository, "description");
    }

    /** The Markdown on the repository's page; empty as long as nobody set it. */
    public String fullDescription(String repository) {
        return repositories.text(repository, "full_description");
    }

    /** Writes on the repository's page, as somebody does in a browser. */
    public void writePage(String repository, String description, String fullDescription) {
        repositories.set(repository, Map.of("description", description, "full_description", fullDescription));
    }

    /** What answered webhooks, in the order of arrival. */
    public List<JsonNode> callbacks() {
        return callbacks.taken();
    }

    /** The {@code callback_url} of a webhook for a push to {@code repository}. */
    public String callbackUrl(String repository) {
        return uri() + "/u/" + repository + "/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/";
    }

    /** Every token a login got so far. */
    public Set<String> issuedTokens() {
        return login.issued();
    }

    /** Makes every token of a login so far worthless, long before its time. */
    public void expireTokens() {
        login.expireAll();
    }

    @Override
    public void close() {
        super.close();
        if (ownsRegistry) {
            registry.close();
        }
    }

    @Override
    Answer answer(Incoming request) throws IOException {
        return rateLimit.count(() -> router.answer(request));
    }
}
