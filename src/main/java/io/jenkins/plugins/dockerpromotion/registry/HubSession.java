package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.Timekeeper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One login to Docker Hub's API for many calls, renewed before its ten minutes are over. Safe for several threads. */
final class HubSession {

    private static final Duration USE = Duration.ofMinutes(9);
    private static final String BEARER = "Bearer ";

    private final String user;
    private final Login login;
    private final Timekeeper time;
    private final List<String> secrets = new ArrayList<>();
    private String token = "";
    private Instant renewal = Instant.MIN;

    /** Gets a new token. */
    @FunctionalInterface
    interface Login {
        String token() throws RegistryException, InterruptedException;
    }

    HubSession(String user, Login login, Timekeeper time) {
        this.user = user;
        this.login = login;
        this.time = time;
    }

    /** For one call, or several of one kind. */
    Authorizer authorizer() {
        return new ForCall();
    }

    private synchronized String token() throws RegistryException, InterruptedException {
        if (token.isEmpty() || !time.now().isBefore(renewal)) {
            token = login.token();
            renewal = time.now().plus(USE);
            secrets.addAll(new Bearer(token).secrets());
        }
        return token;
    }

    private synchronized void forget(String refused) {
        if (refused.equals(BEARER + token)) {
            token = "";
        }
    }

    private synchronized List<String> secrets() {
        return List.copyOf(secrets);
    }

    private final class ForCall implements Authorizer {

        private volatile boolean renewed;

        @Override
        public Optional<String> authorization() throws RegistryException, InterruptedException {
            return Optional.of(BEARER + token());
        }

        /** A token may end early; a second one that is refused as well is not at fault. */
        @Override
        public boolean reconsider(Answer answer, Optional<String> refused) {
            if (answer.status() != 401 || renewed) {
                return false;
            }
            renewed = true;
            refused.ifPresent(HubSession.this::forget);
            return true;
        }

        @Override
        public List<String> secrets() {
            return HubSession.this.secrets();
        }

        @Override
        public String advice() {
            return "check what '" + user + "' may do there";
        }
    }
}
