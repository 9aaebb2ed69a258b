package io.jenkins.plugins.dockerpromotion.dockerhost;

import io.jenkins.plugins.dockerpromotion.dockerhost.HostObject.Kind;
import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Looks at what a daemon has. What a container uses, running or not, is marked as needed; the daemon itself would refuse
 * to remove it, but not tell so beforehand.
 */
final class HostInventory {

    /** What docker calls volumes that nobody has named. */
    private static final Pattern ANONYMOUS = Pattern.compile("[0-9a-f]{64}");

    private static final Set<String> ENDED = Set.of("created", "exited", "dead");

    private final DockerClient docker;
    private final Instant now;

    HostInventory(DockerClient docker, Instant now) {
        this.docker = docker;
        this.now = now;
    }

    List<HostObject> containers() throws HostException, InterruptedException {
        List<String> ids = docker.lines("container", "ls", "--all", "--quiet", "--no-trunc");
        return docker.inspect("container", ids).stream().map(this::container).toList();
    }

    private HostObject container(JsonValue json) {
        JsonValue state = json.field("State");
        String id = json.text("Id");
        Optional<String> needed = ENDED.contains(state.text("Status"))
                ? Optional.empty()
                : Optional.of("it is " + (state.text("Status").isEmpty() ? "in use" : state.text("Status")));
        Instant used = latest(json.text("Created"), state.text("StartedAt"), state.text("FinishedAt"));
        return new HostObject(
                Kind.CONTAINER, id, json.text("Name").replaceFirst("^/", ""), List.of(id), used, 0, needed);
    }

    /** @param staying containers that keep what they are attached to, by their ids */
    List<HostObject> networks(Set<String> staying) throws HostException, InterruptedException {
        Set<String> attached = new HashSet<>();
        for (JsonValue container : docker.inspect("container", List.copyOf(staying))) {
            JsonValue networks = container.field("NetworkSettings").field("Networks");
            networks.names().forEach(name -> attached.add(networks.field(name).text("NetworkID")));
            attached.addAll(networks.names());
        }
        List<String> ids = docker.lines("network", "ls", "--quiet", "--no-trunc", "--filter", "type=custom");
        return docker.inspect("network", ids).stream()
                .map(json -> network(json, attached))
                .toList();
    }

    private HostObject network(JsonValue json, Set<String> attached) {
        String id = json.text("Id");
        boolean used = !json.field("Containers").names().isEmpty()
                || attached.contains(id)
                || attached.contains(json.text("Name"));
        Optional<String> needed = used ? Optional.of("a container is attached to it") : Optional.empty();
        // Those of a swarm belong to its services, whose containers may be on other hosts.
        if (!json.text("Scope").equals("local")) {
            needed = Optional.of("it belongs to a swarm");
        }
        return new HostObject(
                Kind.NETWORK, id, json.text("Name"), List.of(id), latest(json.text("Created")), 0, needed);
    }

    /** @param staying containers that keep their images, by their ids */
    List<HostObject> images(Set<String> staying) throws HostException, InterruptedException {
        Set<String> used = new HashSet<>();
        docker.inspect("container", List.copyOf(staying)).forEach(container -> used.add(container.text("Image")));
        List<String> ids = docker.lines("image", "ls", "--quiet", "--no-trunc").stream()
                .distinct()
                .toList();
        return docker.inspect("image", ids).stream()
                .map(json -> image(json, used))
                .toList();
    }

    private HostObject image(JsonValue json, Set<String> used) {
        String id = json.text("Id");
        List<String> tags = json.field("RepoTags").itemTexts();
        // An image that was pulled by its digest has no tag, but a name all the same.
        List<String> names = tags.isEmpty() ? json.field("RepoDigests").itemTexts() : tags;
        Optional<String> needed = used.contains(id) ? Optional.of("a container is made of it") : Optional.empty();
        Instant last = latest(
                json.field("Metadata").text("LastTagTime"),
                // Not when it was made: that may be years ago for an image which was pulled a minute ago.
                tags.isEmpty() ? json.text("Created") : json.field("Metadata").text("LastTagTime"));
        if (last.equals(Instant.MIN)) {
            last = latest(json.text("Created"));
        }
        return new HostObject(
                Kind.IMAGE,
                id,
                names.isEmpty() ? "<none>" : String.join(" ", names),
                names.isEmpty() ? List.of(id) : names,
                last,
                json.number("Size", 0),
                needed);
    }

    /** Those without a name that no container has, running or not. */
    List<HostObject> volumes() throws HostException, InterruptedException {
        List<String> names = docker.lines("volume", "ls", "--quiet", "--filter", "dangling=true").stream()
                .filter(name -> ANONYMOUS.matcher(name).matches())
                .toList();
        List<HostObject> volumes = new ArrayList<>();
        for (JsonValue json : docker.inspect("volume", names)) {
            String name = json.text("Name");
            volumes.add(new HostObject(
                    Kind.VOLUME, name, name, List.of(name), latest(json.text("CreatedAt")), 0, Optional.empty()));
        }
        return volumes;
    }

    /**
     * Images, by id or name, that containers were made of or that were pulled since then, as far as the daemon remembers: a
     * container that ended and was removed leaves no other trace.
     */
    Set<String> usedSince(Instant moment) throws HostException, InterruptedException {
        Set<String> used = new HashSet<>();
        List<String> events = docker.lines(
                "events",
                "--since",
                String.valueOf(moment.getEpochSecond()),
                "--until",
                String.valueOf(now.getEpochSecond()),
                "--filter",
                "type=container",
                "--filter",
                "event=create",
                "--format",
                "{{.Actor.Attributes.image}}");
        used.addAll(events);
        return used;
    }

    /** The latest of these; whatever is none, as the daemon's "never" is, counts as long ago. */
    private static Instant latest(String... moments) {
        return Stream.of(moments)
                .map(HostInventory::moment)
                .max(Instant::compareTo)
                .orElse(Instant.MIN);
    }

    private static Instant moment(String text) {
        try {
            Instant moment = OffsetDateTime.parse(text).toInstant();
            return moment.isBefore(Instant.EPOCH) ? Instant.MIN : moment;
        } catch (DateTimeException e) {
            return Instant.MIN;
        }
    }
}
