package io.jenkins.plugins.dockerpromotion.dockerhost;

import io.jenkins.plugins.dockerpromotion.dockerhost.HostObject.Kind;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lists the objects of a daemon. Objects that a container uses, running or not, are marked as needed: the daemon would
 * refuse to remove them, but does not say so in advance.
 */
final class HostInventory {

    /** The names that docker generates for anonymous volumes. */
    private static final Pattern ANONYMOUS = Pattern.compile("[0-9a-f]{64}");

    private static final Set<String> ENDED = Set.of("created", "exited", "dead");

    private final DockerClient docker;
    private final List<Json> containers;

    private HostInventory(DockerClient docker, List<Json> containers) {
        this.docker = docker;
        this.containers = containers;
    }

    /** Reads the containers, which decide what else is needed. */
    static HostInventory of(DockerClient docker) throws HostException, InterruptedException {
        List<String> ids = docker.lines("container", "ls", "--all", "--quiet", "--no-trunc");
        return new HostInventory(docker, docker.inspect("container", ids));
    }

    List<HostObject> containers() {
        return containers.stream().map(this::container).toList();
    }

    private List<Json> containers(Set<String> ids) {
        return containers.stream().filter(c -> ids.contains(c.text("Id"))).toList();
    }

    private HostObject container(Json json) {
        Json state = json.field("State");
        String id = json.text("Id");
        Instant used = latest(json.text("Created"), state.text("StartedAt"), state.text("FinishedAt"));
        return new HostObject(
                Kind.CONTAINER,
                id,
                json.text("Name").replaceFirst("^/", ""),
                List.of(id),
                used,
                0,
                !ENDED.contains(state.text("Status")));
    }

    /** @param staying ids of the containers that stay, which need their networks */
    List<HostObject> networks(Set<String> staying) throws HostException, InterruptedException {
        Set<String> attached = new HashSet<>();
        for (Json container : containers(staying)) {
            Json networks = container.field("NetworkSettings").field("Networks");
            networks.names().forEach(name -> attached.add(networks.field(name).text("NetworkID")));
            attached.addAll(networks.names());
        }
        List<String> ids = docker.lines("network", "ls", "--quiet", "--no-trunc", "--filter", "type=custom");
        return docker.inspect("network", ids).stream()
                .map(json -> network(json, attached))
                .toList();
    }

    private HostObject network(Json json, Set<String> attached) {
        String id = json.text("Id");
        boolean used = !json.field("Containers").names().isEmpty()
                || attached.contains(id)
                || attached.contains(json.text("Name"));
        // Networks of a swarm belong to its services, whose containers may be on other hosts.
        boolean needed = used || !json.text("Scope").equals("local");
        return new HostObject(
                Kind.NETWORK, id, json.text("Name"), List.of(id), latest(json.text("Created")), 0, needed);
    }

    /**
     * @param staying ids of the containers that stay, which need their images
     * @param used images that running builds have used, by the names in the builds
     */
    List<HostObject> images(Set<String> staying, Set<String> used) throws HostException, InterruptedException {
        Set<String> ofContainers = new HashSet<>();
        containers(staying).forEach(container -> ofContainers.add(container.text("Image")));
        List<String> ids = docker.lines("image", "ls", "--quiet", "--no-trunc").stream()
                .distinct()
                .toList();
        UsedImages usedImages = new UsedImages(used);
        return docker.inspect("image", ids).stream()
                .map(json -> image(json, ofContainers, usedImages))
                .toList();
    }

    private HostObject image(Json json, Set<String> ofContainers, UsedImages used) {
        String id = json.text("Id");
        List<String> tags = json.field("RepoTags").itemTexts();
        List<String> digests = json.field("RepoDigests").itemTexts();
        // An image that was pulled by its digest has a name without a tag.
        List<String> names = tags.isEmpty() ? digests : tags;
        boolean needed = ofContainers.contains(id) || used.contain(id, tags) || used.contain(id, digests);
        // Not the creation time: an image that was pulled a minute ago may have been created years ago.
        Instant tagged = moment(json.field("Metadata").text("LastTagTime"));
        Instant last = tagged.equals(HostObject.UNKNOWN) ? moment(json.text("Created")) : tagged;
        return new HostObject(
                Kind.IMAGE,
                id,
                names.isEmpty() ? "<none>" : String.join(" ", names),
                names.isEmpty() ? List.of(id) : names,
                last,
                json.number("Size", 0),
                needed);
    }

    /**
     * Lists the anonymous volumes.
     *
     * @param staying ids of the containers that stay, which need their volumes
     */
    List<HostObject> volumes(Set<String> staying) throws HostException, InterruptedException {
        Set<String> mounted = new HashSet<>();
        containers(staying)
                .forEach(container -> container.field("Mounts").items().forEach(m -> mounted.add(m.text("Name"))));
        List<String> names = docker.lines("volume", "ls", "--quiet").stream()
                .filter(name -> ANONYMOUS.matcher(name).matches())
                .toList();
        return docker.inspect("volume", names).stream()
                .map(json -> volume(json, mounted))
                .toList();
    }

    private static HostObject volume(Json json, Set<String> mounted) {
        String name = json.text("Name");
        // The daemon omits fractions of a second.
        Instant made = moment(json.text("CreatedAt"));
        Instant last = made.equals(HostObject.UNKNOWN) ? made : made.plusSeconds(1);
        return new HostObject(Kind.VOLUME, name, name, List.of(name), last, 0, mounted.contains(name));
    }

    /**
     * Images, by id or name, that containers have used since then, as far as the daemon's events go back. A removed
     * container leaves no other trace.
     */
    Set<String> usedSince(Instant moment) throws HostException, InterruptedException {
        // The daemon returns events before the given second, so the current second must pass first.
        String since = moment.getEpochSecond() + String.format(Locale.ROOT, ".%09d", moment.getNano());
        return new HashSet<>(docker.lines(
                "events",
                "--since",
                since,
                "--until",
                String.valueOf(Instant.now().getEpochSecond() + 1),
                "--filter",
                "type=container",
                "--filter",
                "event=create",
                "--format",
                "{{.Actor.Attributes.image}}"));
    }

    /** The latest of these times; anything else, such as the daemon's "never", counts as long ago. */
    private static Instant latest(String... moments) {
        return Stream.of(moments)
                .map(HostInventory::moment)
                .max(Instant::compareTo)
                .orElse(HostObject.UNKNOWN);
    }

    private static Instant moment(String text) {
        try {
            Instant moment = OffsetDateTime.parse(text).toInstant();
            return moment.isBefore(Instant.EPOCH) ? HostObject.UNKNOWN : moment;
        } catch (DateTimeException e) {
            return HostObject.UNKNOWN;
        }
    }

    /** Images by their names in builds: with or without registry, {@code library/} and tag, or by id. */
    static final class UsedImages {

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
}
