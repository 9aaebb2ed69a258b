package io.jenkins.plugins.dockerpromotion.pipelineunit;

import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.ProxySettings;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.Origin;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The test environment of the steps: registries, credentials, the build and its log. */
final class Surroundings {

    private final Map<String, RegistryLocation> registries = new LinkedHashMap<>();
    private final Map<String, RegistryAuthentication> credentials = new HashMap<>();
    private final List<String> secrets = new ArrayList<>();
    private final List<String> log = new ArrayList<>();

    Map<String, String> environment = new HashMap<>();
    InstantSource clock = InstantSource.system();
    long buildNumber = 1;
    Consumer<String> listener = line -> {};

    /** @param api the address of Docker Hub's API; for other registries the same as {@code address} */
    void registry(String host, URI address, URI api) {
        registries.put(host, new RegistryLocation(host, address, api, ""));
    }

    void credentials(String id, RegistryAuthentication login) {
        credentials.put(id, login);
        login.secrets().forEach(this::hide);
    }

    void say(Object text) {
        String line = mask(String.valueOf(text));
        log.add(line);
        listener.accept(line);
    }

    List<String> log() {
        return List.copyOf(log);
    }

    /** Masks the secret in the log, as Jenkins does. */
    void hide(String secret) {
        if (!secret.isEmpty()) {
            secrets.add(secret);
        }
    }

    String mask(String text) {
        String masked = text;
        for (String secret : secrets) {
            masked = masked.replace(secret, "****");
        }
        return masked;
    }

    /** @throws IllegalArgumentException with a one-line message if the test has no such credentials */
    RegistryAuthentication login(Optional<String> credentialsId) {
        return credentialsId.map(this::known).orElse(RegistryAuthentication.ANONYMOUS);
    }

    /** @throws IllegalArgumentException with a one-line message if they are not a username and password */
    Basic usernamePassword(Optional<String> credentialsId) {
        if (login(credentialsId) instanceof Basic basic) {
            return basic;
        }
        throw new IllegalArgumentException("'credentialsId' has to name a username and password");
    }

    private RegistryAuthentication known(String id) {
        if (!credentials.containsKey(id)) {
            throw new IllegalArgumentException(
                    "the test has no credentials '" + id + "'; it has " + credentials.keySet());
        }
        return credentials.get(id);
    }

    /**
     * Returns the context for calls to {@code host}. Tests must not call a registry that they did not start.
     *
     * @throws IllegalArgumentException with a one-line message if the test has set no such registry
     */
    RegistryContext reaching(String host) {
        if (!registries.containsKey(host)
                && !Origin.of(URI.create("http://" + host)).isLoopback()) {
            throw new IllegalArgumentException("in this test no registry stands for " + host
                    + "; name one by dockerHub or registry, or give an answer of your own");
        }
        Network network = new Network(List.copyOf(registries.values()), ProxySettings.NONE, Timing.DEFAULT);
        return new RegistryContext(network, new Time(clock), this::say);
    }

    private record Time(InstantSource clock) implements Timekeeper {
        @Override
        public Instant now() {
            return clock.instant();
        }

        @Override
        public void pause(Duration duration) throws InterruptedException {
            SYSTEM.pause(duration);
        }
    }
}
