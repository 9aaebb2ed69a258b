package io.jenkins.plugins.dockerpromotion.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * Accounts and permissions of a registry. Docker Hub's API shares them with its registry.
 *
 * <p>A user without rules has all permissions. The first rule limits the user to what the rules allow.
 * Repositories are globs in which {@code *} matches any characters.
 */
public final class AccessRules {

    static final Set<String> ALL_ACTIONS = Set.of("pull", "push", "delete");

    private final Map<String, String> passwords = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> accessTokens = new ConcurrentHashMap<>();
    private final Set<String> twoFactor = ConcurrentHashMap.newKeySet();
    private final Map<String, List<Rule>> rules = new ConcurrentHashMap<>();
    private final List<Rule> anonymous = new CopyOnWriteArrayList<>();

    private final Set<String> privateRepositories = ConcurrentHashMap.newKeySet();

    enum Login {
        ACCEPTED,
        REFUSED,
        SECOND_FACTOR_NEEDED
    }

    public AccessRules user(String name, String password) {
        passwords.put(name, password);
        return this;
    }

    /** A personal or organization access token, used as the password. The account needs no password of its own. */
    public AccessRules accessToken(String name, String token) {
        accessTokens.computeIfAbsent(name, it -> ConcurrentHashMap.newKeySet()).add(token);
        return this;
    }

    /** Enables two-factor authentication: the password alone is refused, access tokens still work. */
    public AccessRules twoFactor(String name) {
        twoFactor.add(name);
        return this;
    }

    /** Adds a rule for a user, who loses the default of all permissions. */
    public AccessRules allow(String name, String repositoryGlob, String... actions) {
        rules.computeIfAbsent(name, it -> new CopyOnWriteArrayList<>()).add(Rule.of(repositoryGlob, actions));
        return this;
    }

    /** Allows anonymous pulls. */
    public AccessRules publicRepository(String repositoryGlob) {
        anonymous.add(Rule.of(repositoryGlob, "pull"));
        return this;
    }

    /** Excludes a repository, by its exact name, from anonymous pulls. */
    public AccessRules privateRepository(String name) {
        privateRepositories.add(name);
        return this;
    }

    Login login(String name, String secret) {
        if (accessTokens.getOrDefault(name, Set.of()).contains(secret)) {
            return Login.ACCEPTED;
        }
        if (!secret.equals(passwords.get(name))) {
            return Login.REFUSED;
        }
        return twoFactor.contains(name) ? Login.SECOND_FACTOR_NEEDED : Login.ACCEPTED;
    }

    /** The user in a Basic {@code Authorization} header, if the login is accepted. */
    Optional<String> user(Incoming request) {
        return request.header("Authorization")
                .filter(value -> value.regionMatches(true, 0, "Basic ", 0, 6))
                .map(value -> new String(Base64.getDecoder().decode(value.substring(6)), StandardCharsets.UTF_8))
                .map(pair -> pair.split(":", 2))
                .filter(pair -> pair.length == 2 && login(pair[0], pair[1]) == Login.ACCEPTED)
                .map(pair -> pair[0]);
    }

    boolean allows(Optional<String> user, String repository, String action) {
        List<Rule> all = new ArrayList<>(privateRepositories.contains(repository) ? List.of() : anonymous);
        user.ifPresent(name -> all.addAll(rules.getOrDefault(name, List.of(Rule.EVERYTHING))));
        return all.stream().anyMatch(rule -> rule.allows(repository, action));
    }

    private record Rule(Pattern repositories, Set<String> actions) {

        static final Rule EVERYTHING = new Rule(Pattern.compile(".*"), ALL_ACTIONS);

        static Rule of(String glob, String... actions) {
            String regex = Pattern.quote(glob).replace("*", "\\E.*\\Q");
            return new Rule(Pattern.compile(regex), Set.of(actions));
        }

        boolean allows(String repository, String action) {
            return actions.contains(action) && repositories.matcher(repository).matches();
        }
    }
}
