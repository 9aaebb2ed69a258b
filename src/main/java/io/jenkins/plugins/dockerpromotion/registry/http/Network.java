package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

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

    /**
     * The proxy that requests go through, and the hosts that are reached without it.
     *
     * @param host the proxy's host, empty for none
     * @param port the proxy's port
     * @param username for a proxy that asks for it, else empty
     * @param password for a proxy that asks for it, else empty
     * @param noProxyHosts regular expressions of hosts that are asked directly
     */
    public record ProxySettings(String host, int port, String username, String password, List<Pattern> noProxyHosts)
            implements Serializable {

        /** Every host is asked directly. */
        public static final ProxySettings NONE = new ProxySettings("", 0, "", "", List.of());

        public ProxySettings {
            noProxyHosts = List.copyOf(noProxyHosts);
        }

        /** Whether {@code uri} is asked through the proxy; this machine never is. */
        boolean appliesTo(URI uri) {
            return !host.isEmpty()
                    && !Origin.of(uri).isLoopback()
                    && noProxyHosts.stream()
                            .noneMatch(p -> p.matcher(uri.getHost()).matches());
        }

        /** The value of the {@code Proxy-Authorization} header for {@code uri}, if one is needed. */
        Optional<String> authorizationFor(URI uri) {
            if (username.isEmpty() || !appliesTo(uri)) {
                return Optional.empty();
            }
            byte[] pair = (username + ':' + password).getBytes(StandardCharsets.UTF_8);
            return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
        }

        /** Patterns have no equality of their own; a shared client is found by this key. */
        String key() {
            return host + ':' + port + noProxyHosts;
        }

        @Override
        public String toString() {
            return host.isEmpty() ? "no proxy" : host + ':' + port;
        }
    }

    /**
     * How long a call may take and how often it is tried again.
     *
     * @param connect for a connection to stand, TLS included
     * @param answer for the answer's first byte to come
     * @param silence for the next bytes of a body to come
     * @param attempts how often a call is sent at most, 1 or more
     * @param longestWait the longest time a registry may ask to wait before the call is given up
     */
    public record Timing(Duration connect, Duration answer, Duration silence, int attempts, Duration longestWait)
            implements Serializable {

        /** What suits registries on the Internet. */
        public static final Timing DEFAULT = new Timing(
                Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofSeconds(60), 5, Duration.ofMinutes(2));

        public Timing {
            if (attempts < 1 || connect.isNegative() || connect.isZero() || answer.isNegative() || answer.isZero()) {
                throw new IllegalArgumentException("time limits and attempts are positive");
            }
        }
    }

    /**
     * The hosts that requests may go to, those behind redirects, links and token services included; without an entry, all.
     */
    public static final class HostRules implements Serializable {

        /** Sets no limit. */
        public static final HostRules ALL = new HostRules(List.of());

        private static final long serialVersionUID = 1L;

        private static final Set<String> DOCKER_HUB_HOSTS =
                Set.of(RegistryLocation.DOCKER_HUB_HOST, "registry-1.docker.io", "auth.docker.io", "hub.docker.com");

        private static final Pattern ENTRY =
                Pattern.compile("((\\*\\.)?[a-z0-9][a-z0-9.-]*|\\[[0-9a-f:]+])(:[0-9]{1,5})?");

        private final ArrayList<String> entries;

        private HostRules(List<String> entries) {
            this.entries = new ArrayList<>(entries);
        }

        /** @throws IllegalArgumentException in one line, if an entry is no {@code host[:port]} or {@code *.domain[:port]} */
        public static HostRules of(List<String> entries) {
            List<String> lower = entries.stream()
                    .map(e -> e.strip().toLowerCase(Locale.ROOT))
                    .toList();
            for (String entry : lower) {
                if (!ENTRY.matcher(entry).matches()) {
                    throw new IllegalArgumentException(LogText.quote(entry)
                            + " is no allowed registry host; one is registry.example.com, registry.example.com:5000 or"
                            + " *.example.com");
                }
            }
            return new HostRules(lower);
        }

        /** An entry without a port means the usual one of the scheme. */
        boolean allow(Origin origin) {
            String address = origin.toString().replaceFirst("^https?://", "");
            return entries.isEmpty()
                    || entries.stream()
                            .anyMatch(e -> matches(e, address) || matches(e, origin.host() + ":" + origin.port()));
        }

        private static boolean matches(String entry, String address) {
            if (entry.equals(RegistryLocation.DOCKER_HUB_HOST)) {
                return DOCKER_HUB_HOSTS.contains(address);
            }
            return entry.startsWith("*.") ? address.endsWith(entry.substring(1)) : address.equals(entry);
        }
    }

    /**
     * Where the services of one registry host are.
     *
     * @param host as in image names; {@code docker.io} for Docker Hub
     * @param registry the registry API's address, without {@code /v2/}
     * @param api Docker Hub's own API, the registry's address for others
     * @param certificateAuthority PEM text of the authority to trust besides the platform's, or empty
     * @param pageSize how many tags to ask for at once; 0 for as many as it sends
     * @param tokenServices hosts, or {@code host:port}, of other domains that may be asked for tokens of this registry and see
     *     its credentials
     * @param mountFrom the repository that may have layers of other images already, or empty
     */
    public record RegistryLocation(
            String host,
            URI registry,
            URI api,
            String certificateAuthority,
            int pageSize,
            List<String> tokenServices,
            String mountFrom)
            implements Serializable {

        /** Docker Hub's host in image names. */
        public static final String DOCKER_HUB_HOST = "docker.io";

        private static final RegistryLocation DOCKER_HUB = new RegistryLocation(
                DOCKER_HUB_HOST, URI.create("https://registry-1.docker.io"), URI.create("https://hub.docker.com"), "");

        public RegistryLocation {
            Objects.requireNonNull(certificateAuthority, "certificateAuthority");
            tokenServices = List.copyOf(tokenServices);
            Origin.of(registry);
            Origin.of(api);
        }

        /** With pages of the usual size, and its token service within its domain. */
        public RegistryLocation(String host, URI registry, URI api, String certificateAuthority) {
            this(host, registry, api, certificateAuthority, 0);
        }

        /** With its token service within its domain. */
        public RegistryLocation(String host, URI registry, URI api, String certificateAuthority, int pageSize) {
            this(host, registry, api, certificateAuthority, pageSize, List.of(), "");
        }

        /** The same with token services elsewhere. */
        public RegistryLocation withTokenServices(List<String> hosts) {
            return new RegistryLocation(host, registry, api, certificateAuthority, pageSize, hosts, mountFrom);
        }

        /** The same with a repository that layers may be mounted from. */
        public RegistryLocation withMountFrom(String repository) {
            return new RegistryLocation(host, registry, api, certificateAuthority, pageSize, tokenServices, repository);
        }

        /** The usual place of {@code host}: by https, and Docker Hub where Docker keeps it. */
        public static RegistryLocation usual(String host) {
            return host.equals(DOCKER_HUB_HOST) ? DOCKER_HUB : at(host, "https");
        }

        /** {@code host} by plain http, for a registry on this machine or one that the administrator marked. */
        public static RegistryLocation plain(String host) {
            return at(host, "http");
        }

        private static RegistryLocation at(String host, String scheme) {
            URI address = URI.create(scheme + "://" + host);
            return new RegistryLocation(host, address, address, "");
        }

        /** Whether its addresses are those that Docker publishes, so that the token service is known beforehand. */
        boolean isPublicDockerHub() {
            return registry.equals(DOCKER_HUB.registry);
        }
    }
}
