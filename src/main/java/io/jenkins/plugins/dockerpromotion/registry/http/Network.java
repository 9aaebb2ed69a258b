package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything about the network that a call needs and that is no secret of a build: where registries are, the proxy,
 * the limits of time. Goes to the agent with each operation.
 */
public final class Network implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Layers that one operation copies at a time, unless the administrator says otherwise. */
    public static final int TRANSFERS = 4;

    private final LinkedHashMap<String, RegistryLocation> locations = new LinkedHashMap<>();
    private final ProxySettings proxy;
    private final Timing timing;
    private final HostRules hosts;
    private final int transfers;

    /** @param locations of the registries that are not at their usual place */
    public Network(List<RegistryLocation> locations, ProxySettings proxy, Timing timing) {
        this(locations, proxy, timing, HostRules.ALL, TRANSFERS);
    }

    private Network(
            List<RegistryLocation> locations, ProxySettings proxy, Timing timing, HostRules hosts, int transfers) {
        locations.forEach(l -> this.locations.put(l.host(), l));
        this.proxy = proxy;
        this.timing = timing;
        this.hosts = hosts;
        this.transfers = transfers;
    }

    /** Every registry at its usual place, no proxy, the default limits. */
    public static Network usual() {
        return new Network(List.of(), ProxySettings.NONE, Timing.DEFAULT);
    }

    /** The same with other limits of time. */
    public Network with(Timing other) {
        return new Network(List.copyOf(locations.values()), proxy, other, hosts, transfers);
    }

    /** The same with requests to these hosts alone. */
    public Network with(HostRules other) {
        return new Network(List.copyOf(locations.values()), proxy, timing, other, transfers);
    }

    /**
     * The same with another number of layers that are copied at a time.
     *
     * @throws IllegalArgumentException in one line, if there are none
     */
    public Network withTransfers(int other) {
        if (other < 1) {
            throw new IllegalArgumentException("at least one layer is copied at a time");
        }
        return new Network(List.copyOf(locations.values()), proxy, timing, hosts, other);
    }

    /** What is known of {@code host} beforehand; nothing for a registry of this machine, whose scheme must be found out. */
    Optional<RegistryLocation> known(String host) {
        RegistryLocation marked = locations.get(host);
        if (marked != null) {
            return Optional.of(marked);
        }
        RegistryLocation usual = RegistryLocation.usual(host);
        return Origin.of(usual.registry()).isLoopback() ? Optional.empty() : Optional.of(usual);
    }

    /** Where Docker Hub is. */
    public RegistryLocation dockerHub() {
        return locations.getOrDefault(
                RegistryLocation.DOCKER_HUB_HOST, RegistryLocation.usual(RegistryLocation.DOCKER_HUB_HOST));
    }

    /** The repository of {@code host} that may have layers of other images already; nothing if none is known. */
    public Optional<String> mountFrom(String host) {
        return Optional.ofNullable(locations.get(host))
                .map(RegistryLocation::mountFrom)
                .filter(repository -> !repository.isEmpty());
    }

    /** The registries that are not at their usual place, by host. */
    public Map<String, RegistryLocation> locations() {
        return Map.copyOf(locations);
    }

    /** The authority to trust besides the platform's at {@code uri}, as configured for the registry there, or empty. */
    public String certificateAuthority(URI uri) {
        Origin origin = Origin.of(uri);
        return locations.values().stream()
                .filter(l -> Origin.of(l.registry()).equals(origin)
                        || Origin.of(l.api()).equals(origin))
                .map(RegistryLocation::certificateAuthority)
                .findFirst()
                .orElse("");
    }

    public ProxySettings proxy() {
        return proxy;
    }

    public Timing timing() {
        return timing;
    }

    /** How many layers one operation copies at a time. */
    public int transfers() {
        return transfers;
    }

    /** The hosts that requests may go to. */
    public HostRules hosts() {
        return hosts;
    }
}
