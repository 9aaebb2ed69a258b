package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The scope of a bearer token (distribution's "Token Scope Documentation"): a repository, and actions on it.
 *
 * @param repository the path of the repository on its registry
 * @param actions {@code pull}, {@code push}, {@code delete}, or {@code *} for all; sorted, at least one
 */
public record Scope(String repository, List<String> actions) implements Serializable {

    public Scope {
        actions = List.copyOf(new TreeSet<>(actions));
        if (actions.isEmpty()) {
            throw new IllegalArgumentException("a scope has at least one action");
        }
    }

    /** Read access to {@code repository}. */
    public static Scope pull(String repository) {
        return of(repository, "pull");
    }

    /** Read and write access to {@code repository}. */
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

    /** As in the {@code scope} parameter of a token service: {@code repository:group/app:pull,push}. */
    @Override
    public String toString() {
        return "repository:" + repository + ':' + String.join(",", actions);
    }
}
