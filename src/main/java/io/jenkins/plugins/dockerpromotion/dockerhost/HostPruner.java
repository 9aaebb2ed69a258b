package io.jenkins.plugins.dockerpromotion.dockerhost;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Notices;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Removes unused data from a Docker host: containers first, then the networks and images that only they needed, volumes
 * last. Checks every object first, and removes it by name and without force.
 */
public final class HostPruner {

    /** One at a time for each agent process, for all builds. */
    private static final ReentrantLock TURN = new ReentrantLock(true);

    private final DockerClient docker;
    private final HostPolicy policy;
    private final Notices notices;
    private final Instant now;
    private final Map<String, Long> removed = new HashMap<>();
    private int kept;
    private long bytes;

    private HostPruner(DockerClient docker, HostPolicy policy, Notices notices, Instant now) {
        this.docker = docker;
        this.policy = policy;
        this.notices = notices;
        this.now = now;
    }

    /**
     * Prunes, or only reports with {@code dryRun}.
     *
     * @throws HostException if there is no client or no daemon
     */
    static HostReceipt prune(HostPolicy policy, Instant now, Notices notices)
            throws HostException, InterruptedException {
        DockerClient docker = DockerClient.find(policy.environment());
        if (!TURN.tryLock()) {
            notices.say("Waiting: another build is pruning Docker on this agent");
            TURN.lockInterruptibly();
        }
        try {
            return new HostPruner(docker, policy, notices, now).run();
        } finally {
            TURN.unlock();
        }
    }

    /**
     * The id of the daemon that the docker client in the {@code PATH} uses; empty if there is no client.
     *
     * @throws HostException if the daemon does not answer
     */
    public static Optional<String> daemonId(Map<String, String> environment)
            throws HostException, InterruptedException {
        Optional<DockerClient> docker = DockerClient.lookUp(environment);
        return docker.isEmpty()
                ? Optional.empty()
                : docker.get().lines("info", "--format", "{{.ID}}").stream().findFirst();
    }

    private HostReceipt run() throws HostException, InterruptedException {
        HostInventory inventory = HostInventory.of(docker);
        List<HostObject> containers = inventory.containers();
        Set<String> staying = containers.stream().map(HostObject::id).collect(Collectors.toCollection(HashSet::new));
        staying.removeAll(clear(containers));
        clear(inventory.networks(staying));
        if (policy.images()) {
            clear(inventory.images(staying, inventory.usedSince(policy.busy().since(now))));
        }
        if (policy.volumes()) {
            clear(inventory.volumes(staying));
        }
        return new HostReceipt(removed, kept, bytes, policy.dryRun());
    }

    /**
     * Removes objects sorted by name, because the daemon has no order; returns the ids of those that are gone, or would
     * be.
     */
    private Set<String> clear(List<HostObject> objects) throws HostException, InterruptedException {
        Set<String> gone = new HashSet<>();
        List<HostObject> byName =
                objects.stream().sorted(Comparator.comparing(HostObject::name)).toList();
        for (HostObject object : byName) {
            if (!policy.removes(object, now)) {
                kept++;
                continue;
            }
            Optional<String> refused = policy.dryRun() ? Optional.empty() : docker.remove(object);
            String kind = object.kind().command();
            if (refused.isPresent()) {
                kept++;
                notices.say("The daemon keeps the " + kind + " " + object.name() + ": " + refused.get());
            } else {
                gone.add(object.id());
                removed.merge(kind, 1L, Long::sum);
                bytes += object.size();
                notices.say((policy.dryRun() ? "Would remove the " : "Removed the ") + kind + " " + object.name());
            }
        }
        return gone;
    }
}
