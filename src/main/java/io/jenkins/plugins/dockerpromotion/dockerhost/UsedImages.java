package io.jenkins.plugins.dockerpromotion.dockerhost;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** Images by the names that people gave them: with and without registry, {@code library/} and tag, or by their id. */
final class UsedImages {

    /** Fewer digits of an id might be a name just as well. */
    private static final int SHORTEST_ID = 12;

    private final Set<String> names;
    private final Set<String> ids;

    UsedImages(Collection<String> asNamed) {
        names = asNamed.stream().map(UsedImages::complete).collect(Collectors.toUnmodifiableSet());
        ids = asNamed.stream()
                .map(name -> name.replaceFirst("^sha256:", ""))
                .filter(name -> name.length() >= SHORTEST_ID && name.matches("[0-9a-f]+"))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether an image with this id, or one of these names as the daemon tells them, is among them. */
    boolean contain(String id, Collection<String> imageNames) {
        String digits = id.replaceFirst("^sha256:", "");
        return imageNames.stream().map(UsedImages::complete).anyMatch(names::contains)
                || ids.stream().anyMatch(digits::startsWith);
    }

    /** Whoever leaves out the tag means latest, and Docker Hub whoever leaves out the registry; so docker has it. */
    private static String complete(String name) {
        String path = name.replaceFirst("^(index\\.)?docker\\.io/", "").replaceFirst("^library/", "");
        int end = path.lastIndexOf('/') + 1;
        return path.indexOf(':', end) < 0 && path.indexOf('@', end) < 0 ? path + ":latest" : path;
    }
}
