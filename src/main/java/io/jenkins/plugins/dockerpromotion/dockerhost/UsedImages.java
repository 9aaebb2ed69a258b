package io.jenkins.plugins.dockerpromotion.dockerhost;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** Images by their names in builds: with or without registry, {@code library/} and tag, or by id. */
final class UsedImages {

    /** Fewer digits of an id could also be a name. */
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

    /** Whether an image with this id, or with one of these names of the daemon, is among them. */
    boolean contain(String id, Collection<String> imageNames) {
        String digits = id.replaceFirst("^sha256:", "");
        return imageNames.stream().map(UsedImages::complete).anyMatch(names::contains)
                || ids.stream().anyMatch(digits::startsWith);
    }

    /** Like docker: no tag means latest, and no registry means Docker Hub. */
    private static String complete(String name) {
        String path = name.replaceFirst("^(index\\.)?docker\\.io/", "").replaceFirst("^library/", "");
        int end = path.lastIndexOf('/') + 1;
        return path.indexOf(':', end) < 0 && path.indexOf('@', end) < 0 ? path + ":latest" : path;
    }
}
