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

/** Docker Hub's API host in memory, over the content and the accounts of an {@link InMemoryRegistry}. */
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

    /** A Docker Hub with a registry of its own, which asks for tokens like Docker's and is closed with it. */
    public static InMemoryDockerHub start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
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
        return api.pageText(repository, "description");
    }

    /** The Markdown on the repository's page; empty as long as nobody set it. */
    public String fullDescription(String repository) {
        return api.pageText(repository, "full_description");
    }

    /** Writes on the repository's page, as somebody does in a browser. */
    public void writePage(String repository, String description, String fullDescription) {
        api.writePage(repository, Map.of("description", description, "full_description", fullDescription));
    }

    /** What answered webhooks, in the order of arrival. */
    public List<JsonNode> callbacks() {
        return api.callbacks();
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
    Response answer(Incoming request) throws IOException {
        return api.answer(request);
    }

    /** Says how an {@link InMemoryDockerHub} behaves; as it stands, without private repositories or limits. */
    public static final class Builder {

        final Set<String> privateRepositories = new HashSet<>();
        final List<Consumer<AccessRules>> accounts = new ArrayList<>();
        Options options = Options.DEFAULT;
        Optional<InMemoryRegistry> registry = Optional.empty();
        boolean ownsRegistry;
        Duration tokenLifetime = Duration.ofMinutes(10);
        int rateLimit = -1;
        Duration rateWindow = Duration.ofMinutes(1);
        boolean documentedFieldsOnly;
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

        /** The registry host, whose content, accounts and clock are shared; it stays open when Docker Hub is closed. */
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

        /** An account that may do everything; {@link AccessRules} has finer ones. */
        public Builder user(String name, String password) {
            accounts.add(access -> access.user(name, password));
            return this;
        }

        /** A personal access token of a user, or one of an organisation, which has no password. */
        public Builder accessToken(String name, String token) {
            accounts.add(access -> access.accessToken(name, token));
            return this;
        }

        /** An account whose password needs a second factor, so that only access tokens can log in. */
        public Builder twoFactorUser(String name, String password) {
            accounts.add(access -> access.user(name, password).twoFactor(name));
            return this;
        }

        /** Hides repositories, by their exact names, from everybody who may not pull them. */
        public Builder privateRepository(String... names) {
            privateRepositories.addAll(Arrays.asList(names));
            return this;
        }

        /** How long the tokens of a login live; 10 minutes unless said otherwise. */
        public Builder tokenLifetime(Duration lifetime) {
            tokenLifetime = lifetime;
            return this;
        }

        /** Answers 429 after this many requests in a window, and sends the {@code X-RateLimit} headers with each answer. */
        public Builder rateLimit(int requests, Duration window) {
            rateLimit = requests;
            rateWindow = window;
            return this;
        }

        /** Leaves out what Docker's documentation does not name: a tag's digest and media type, filters, orders. */
        public Builder documentedFieldsOnly() {
            documentedFieldsOnly = true;
            return this;
        }

        /** Sends this many tags at once at most, whatever it is asked for. */
        public Builder largestPage(int tags) {
            largestPage = tags;
            return this;
        }
    }
}
