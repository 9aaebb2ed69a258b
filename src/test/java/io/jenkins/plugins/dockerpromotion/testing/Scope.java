package io.jenkins.plugins.dockerpromotion.testing;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Actions on a repository, as tokens grant them: {@code repository:group/app:pull,push}. */
record Scope(String repository, Set<String> actions) {

    static Scope of(String repository, String... actions) {
        return new Scope(repository, new LinkedHashSet<>(List.of(actions)));
    }

    /** Empty where the text is not a scope of a repository. */
    static Optional<Scope> parse(String text) {
        int first = text.indexOf(':');
        int last = text.lastIndexOf(':');
        if (!text.startsWith("repository:") || first == last) {
            return Optional.empty();
        }
        String[] actions = text.substring(last + 1).split(",");
        return Optional.of(of(text.substring(first + 1, last), actions));
    }

    boolean covers(Scope needed) {
        return repository.equals(needed.repository) && actions.containsAll(needed.actions);
    }

    @Override
    public String toString() {
        return "repository:" + repository + ":" + String.join(",", actions);
    }
}
