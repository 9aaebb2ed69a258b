package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/** An in-memory Docker Hub API that uses the content and accounts of an {@link InMemoryRegistry}. */
public final class InMemoryDockerHub extends HttpTestServer {

    private final InMemoryRegistry registry;
    private final HubLogin login;
    private final HubApi api;
    private final boolean ownsRegistry;

    private InMemoryDockerHub(Builder settings) {
        super(settings.options);
        registry = settings.registry.orElseThrow();
        ownsRegistry = settings.ownsRegistry;
        login = new HubLogin(registry.access(), registry.clock(), settings.tokenLifetime);
        api = new HubApi(settings, registry, login);
    }

    /** Starts a Docker Hub with its own registry, which requires tokens. Both are closed together. */
    public static InMemoryDockerHub start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The registry, for pushes and pulls. */
    public InMemoryRegistry registry() {
        return registry;
    }

    /** The accounts, which are also those of the registry. */
    public AccessRules access() {
        return registry.access();
    }

    /** The short description on the repository's page; empty if it is not set. */
    public String description(String repository) {
        return api.pageText(repository, "description");
    }

    /** The Markdown on the repository's page; empty if it is not set. */
    public String fullDescription(String repository) {
        return api.pageText(repository, "full_description");
    }

    /** Changes the descriptions on the repository's page, as a user does in the browser. */
    public void writePage(String repository, String description, String fullDescription) {
        api.writePage(repository, Map.of("description", description, "full_description", fullDescription));
    }

    /** The webhook callbacks, in the order of arrival. */
    public List<JsonNode> callbacks() {
        return api.callbacks();
    }

    /** The {@code callback_url} of a webhook for a push to {@code repository}. */
    public String callbackUrl(String repository) {
        return uri() + "/u/" + repository + "/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/";
    }

    /** All login tokens issued so far, including expired ones. */
    public Set<String> issuedTokens() {
        return login.issued();
    }

    /** Invalidates all login tokens issued so far. */
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
    Response answer(Incoming request) throws IOException {
        return api.answer(request);
    }

    /** Builds an {@link InMemoryDockerHub}; by default, without private repositories or a rate limit. */
    public static final class Builder {

        final Set<String> privateRepositories = new HashSet<>();
        final List<Consumer<AccessRules>> accounts = new ArrayList<>();
        Options options = Options.DEFAULT;
        Optional<InMemoryRegistry> registry = Optional.empty();
        boolean ownsRegistry;
        Duration tokenLifetime = Duration.ofMinutes(10);
        int rateLimit = -1;
        Duration rateWindow = Duration.ofMinutes(1);
        int largestPage = 100;

        private Builder() {}

        public InMemoryDockerHub start() {
            ownsRegistry = registry.isEmpty();
            if (ownsRegistry) {
                registry = Optional.of(InMemoryRegistry.builder()
                        .bearer()
                        .service("registry.docker.io")
                        .publicRepository("*")
                        .start());
            }
            accounts.forEach(account -> account.accept(registry.get().access()));
            privateRepositories.forEach(registry.get().access()::privateRepository);
            InMemoryDockerHub hub = new InMemoryDockerHub(this);
            hub.listen();
            return hub;
        }

        /** Uses the content, accounts and clock of an existing registry. Closing Docker Hub leaves it open. */
        public Builder registry(InMemoryRegistry existing) {
            registry = Optional.of(existing);
            return this;
        }

        public Builder port(int port) {
            options = options.withPort(port);
            return this;
        }

        public Builder tls(SSLContext context) {
            options = options.withTls(context);
            return this;
        }

        /** Adds an account with all permissions; {@link AccessRules} has more options. */
        public Builder user(String name, String password) {
            accounts.add(access -> access.user(name, password));
            return this;
        }

        /** Adds a personal access token, or a token of an organization, which has no password. */
        public Builder accessToken(String name, String token) {
            accounts.add(access -> access.accessToken(name, token));
            return this;
        }

        /** Adds an account with two-factor authentication, which can only log in with access tokens. */
        public Builder twoFactorUser(String name, String password) {
            accounts.add(access -> access.user(name, password).twoFactor(name));
            return this;
        }

        /** Hides repositories, by their exact names, from users without permission to pull. */
        public Builder privateRepository(String... names) {
            privateRepositories.addAll(Arrays.asList(names));
            return this;
        }

        /** The lifetime of login tokens; by default 10 minutes. */
        public Builder tokenLifetime(Duration lifetime) {
            tokenLifetime = lifetime;
            return this;
        }

        /** Responds 429 after this many requests in a window. All responses have the {@code X-RateLimit} headers. */
        public Builder rateLimit(int requests, Duration window) {
            rateLimit = requests;
            rateWindow = window;
            return this;
        }

        /** The maximum number of tags per page, even if {@code page_size} is larger. */
        public Builder largestPage(int tags) {
            largestPage = tags;
            return this;
        }
    }
}
