package io.jenkins.plugins.dockerpromotion.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/** Says how an {@link InMemoryDockerHub} behaves; as it stands, without private repositories or limits. */
public final class InMemoryDockerHubBuilder {

    private final Set<String> privateRepositories = new HashSet<>();
    private final List<Consumer<AccessRules>> accounts = new ArrayList<>();
    private ServerOptions options = ServerOptions.DEFAULT;
    private Optional<InMemoryRegistry> registry = Optional.empty();
    private boolean ownsRegistry;
    private Duration tokenLifetime = Duration.ofMinutes(10);
    private int rateLimit = -1;
    private Duration rateWindow = Duration.ofMinutes(1);
    private boolean plainTextErrors;
    private boolean unconfirmedFields = true;
    private int largestPage = 100;

    InMemoryDockerHubBuilder() {}

    public InMemoryDockerHub start() {
        ownsRegistry = registry.isEmpty();
        if (ownsRegistry) {
            registry = Optional.of(InMemoryRegistry.builder()
                    .bearer()
                    .service("registry.docker.io")
                    .publicRepository("*")
                    .start());
        }
        accounts.forEach(account -> account.accept(registry().access()));
        privateRepositories.forEach(registry().access()::privateRepository);
        InMemoryDockerHub hub = new InMemoryDockerHub(this);
        hub.listen();
        return hub;
    }

    /** The registry host, whose content, accounts and clock are shared; it stays open when Docker Hub is closed. */
    public InMemoryDockerHubBuilder registry(InMemoryRegistry existing) {
        registry = Optional.of(existing);
        return this;
    }

    public InMemoryDockerHubBuilder port(int port) {
        options = options.withPort(port);
        return this;
    }

    public InMemoryDockerHubBuilder tls(SSLContext context) {
        options = options.withTls(context);
        return this;
    }

    /** An account that may do everything; {@link AccessRules} has finer ones. */
    public InMemoryDockerHubBuilder user(String name, String password) {
        accounts.add(access -> access.user(name, password));
        return this;
    }

    /** A personal access token of a user, or one of an organisation, which has no password. */
    public InMemoryDockerHubBuilder accessToken(String name, String token) {
        accounts.add(access -> access.accessToken(name, token));
        return this;
    }

    /** An account whose password needs a second factor, so that only access tokens can log in. */
    public InMemoryDockerHubBuilder twoFactorUser(String name, String password) {
        accounts.add(access -> access.user(name, password).twoFactor(name));
        return this;
    }

    /** Hides repositories, by their exact names, from everybody who may not pull them. */
    public InMemoryDockerHubBuilder privateRepository(String... names) {
        privateRepositories.addAll(Arrays.asList(names));
        return this;
    }

    /** How long the tokens of a login live; 10 minutes unless said otherwise. */
    public InMemoryDockerHubBuilder tokenLifetime(Duration lifetime) {
        tokenLifetime = lifetime;
        return this;
    }

    /** Answers 429 after this many requests in a window, and sends the {@code X-RateLimit} headers with each answer. */
    public InMemoryDockerHubBuilder rateLimit(int requests, Duration window) {
        rateLimit = requests;
        rateWindow = window;
        return this;
    }

    /** Gives a 429 a body of plain text. */
    public InMemoryDockerHubBuilder plainTextErrors() {
        plainTextErrors = true;
        return this;
    }

    /** Leaves out what Docker's documentation does not name: a tag's digest and media type, filters, orders. */
    public InMemoryDockerHubBuilder documentedFieldsOnly() {
        unconfirmedFields = false;
        return this;
    }

    /** Sends this many tags at once at most, whatever it is asked for. */
    public InMemoryDockerHubBuilder largestPage(int tags) {
        largestPage = tags;
        return this;
    }

    ServerOptions options() {
        return options;
    }

    InMemoryRegistry registry() {
        return registry.orElseThrow();
    }

    boolean ownsRegistry() {
        return ownsRegistry;
    }

    HubSettings settings() {
        return new HubSettings(
                Set.copyOf(privateRepositories),
                tokenLifetime,
                rateLimit,
                rateWindow,
                plainTextErrors,
                unconfirmedFields,
                largestPage);
    }
}
