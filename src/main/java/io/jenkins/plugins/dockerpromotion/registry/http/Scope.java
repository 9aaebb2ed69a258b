package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a bearer token is asked to allow (distribution's "Token Scope Documentation"): a repository, and actions on it.
 *
 * @param repository the repository's path on its registry
 * @param actions {@code pull}, {@code push}, {@code delete}, or {@code *} for all; sorted, at least one
 */
public record Scope(String repository, List<String> actions) implements Serializable {

    public Scope {
        actions = List.copyOf(new TreeSet<>(actions));
        if (actions.isEmpty()) {
            throw new IllegalArgumentException("a scope has at least one action");
        }
    }

    /** Reading {@code repository}. */
    public static Scope pull(String repository) {
        return of(repository, "pull");
    }

    /** Reading and writing {@code repository}. */
    public static Scope pullAndPush(String repository) {
        return of(repository, "pull", "push");
    }

    /** These actions on {@code repository}. */
    public static Scope of(String repository, String... actions) {
        return new Scope(repository, Arrays.asList(actions));
    }

    /** Whether a token for {@code granted} also allows this. */
    boolean isCoveredBy(Set<Scope> granted) {
        return granted.stream().anyMatch(s -> s.repository.equals(repository) && s.actions.containsAll(actions));
    }

    /** As the token service's {@code scope} parameter has it: {@code repository:group/app:pull,push}. */
    @Override
    public String toString() {
        return "repository:" + repository + ':' + String.join(",", actions);
    }
}
