package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The network settings for a call, without secrets of the build. Sent to the agent with each operation.
 *
 * @param locations the registries that are not at their default location, by host
 * @param proxy the proxy for requests
 * @param timing timeouts and retries
 * @param hosts the hosts that requests may go to
 * @param transfers how many layers one operation copies at a time, at least 1
 */
public record Network(
        Map<String, RegistryLocation> locations, ProxySettings proxy, Timing timing, HostRules hosts, int transfers)
        implements Serializable {

    /** The default number of layers that one operation copies at a time. */
    public static final int TRANSFERS = 4;

    public Network {
        locations = Collections.unmodifiableMap(new LinkedHashMap<>(locations));
        if (transfers < 1) {
            throw new IllegalArgumentException("the number of layers copied at a time must be at least 1");
        }
    }

    /** Requests to all hosts, and the default number of layers at a time. */
    public Network(List<RegistryLocation> locations, ProxySettings proxy, Timing timing) {
        this(byHost(locations), proxy, timing, HostRules.ALL, TRANSFERS);
    }

    private static Map<String, RegistryLocation> byHost(List<RegistryLocation> locations) {
        Map<String, RegistryLocation> byHost = new LinkedHashMap<>();
        locations.forEach(location -> byHost.put(location.host(), location));
        return byHost;
    }

    /** All registries at their default locations, no proxy, and the default timeouts. */
    public static Network usual() {
        return new Network(List.of(), ProxySettings.NONE, Timing.DEFAULT);
    }

    /** The same with other timeouts. */
    public Network with(Timing other) {
        return new Network(locations, proxy, other, hosts, transfers);
    }

    /** The same, with requests to these hosts only. */
    public Network with(HostRules other) {
        return new Network(locations, proxy, timing, other, transfers);
    }

    /** The same with another number of layers to copy at a time. */
    public Network withTransfers(int other) {
        return new Network(locations, proxy, timing, hosts, other);
    }

    /** The known location of {@code host}; empty for a registry on this machine, whose scheme must be detected. */
    Optional<RegistryLocation> known(String host) {
        RegistryLocation marked = locations.get(host);
        if (marked != null) {
            return Optional.of(marked);
        }
        RegistryLocation usual = RegistryLocation.usual(host);
        return Origin.of(usual.registry()).isLoopback() ? Optional.empty() : Optional.of(usual);
    }

    /** The location of Docker Hub. */
    public RegistryLocation dockerHub() {
        return locations.getOrDefault(
                RegistryLocation.DOCKER_HUB_HOST, RegistryLocation.usual(RegistryLocation.DOCKER_HUB_HOST));
    }

    /** The repository of {@code host} that may already have layers of other images; empty if none is known. */
    public Optional<String> mountFrom(String host) {
        return Optional.ofNullable(locations.get(host))
                .map(RegistryLocation::mountFrom)
                .filter(repository -> !repository.isEmpty());
    }

    /** The configured authority to trust at {@code uri} in addition to the platform's, or empty. */
    public String certificateAuthority(URI uri) {
        Origin origin = Origin.of(uri);
        return locations.values().stream()
                .filter(l -> Origin.of(l.registry()).equals(origin)
                        || Origin.of(l.api()).equals(origin))
                .map(RegistryLocation::certificateAuthority)
                .findFirst()
                .orElse("");
    }

    /**
     * The proxy for requests, and the hosts that are contacted directly.
     *
     * @param host the proxy's host, or empty for none
     * @param port the proxy's port
     * @param username for a proxy that requires one, otherwise empty
     * @param password for a proxy that requires one, otherwise empty
     * @param noProxyHosts regular expressions of hosts that are contacted directly
     */
    public record ProxySettings(String host, int port, String username, String password, List<Pattern> noProxyHosts)
            implements Serializable {

        /** No proxy. */
        public static final ProxySettings NONE = new ProxySettings("", 0, "", "", List.of());

        public ProxySettings {
            noProxyHosts = List.copyOf(noProxyHosts);
        }

        /** Whether requests to {@code uri} use the proxy; requests to this machine never do. */
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

        /** Patterns have no equals method, so shared clients are found by this key. */
        String key() {
            return host + ':' + port + noProxyHosts;
        }

        @Override
        public String toString() {
            return host.isEmpty() ? "no proxy" : host + ':' + port;
        }
    }

    /**
     * Timeouts and retries of a call.
     *
     * @param connect maximum time to connect, including TLS
     * @param answer maximum time until the first byte of the answer
     * @param silence maximum time between bytes of a body
     * @param attempts maximum number of attempts, at least 1
     * @param longestWait the maximum time to wait if a registry asks for it; the call fails if it is longer
     */
    public record Timing(Duration connect, Duration answer, Duration silence, int attempts, Duration longestWait)
            implements Serializable {

        /** Defaults for registries on the Internet. */
        public static final Timing DEFAULT = new Timing(
                Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofSeconds(60), 5, Duration.ofMinutes(2));

        public Timing {
            if (attempts < 1 || connect.isNegative() || connect.isZero() || answer.isNegative() || answer.isZero()) {
                throw new IllegalArgumentException("timeouts and attempts must be positive");
            }
        }
    }

    /**
     * The hosts that requests may go to, including redirects, links and token services. If it is empty, all are
     * allowed.
     *
     * @param entries each is {@code host[:port]} or {@code *.domain[:port]}
     */
    public record HostRules(List<String> entries) implements Serializable {

        /** Allows all hosts. */
        public static final HostRules ALL = new HostRules(List.of());

        private static final Set<String> DOCKER_HUB_HOSTS =
                Set.of(RegistryLocation.DOCKER_HUB_HOST, "registry-1.docker.io", "auth.docker.io", "hub.docker.com");

        private static final String ENTRY = "((\\*\\.)?[a-z0-9][a-z0-9.-]*|\\[[0-9a-f:]+])(:[0-9]{1,5})?";

        public HostRules {
            entries = entries.stream()
                    .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                    .toList();
            for (String entry : entries) {
                if (!entry.matches(ENTRY)) {
                    throw new IllegalArgumentException(LogText.quote(entry)
                            + " is no allowed registry host; one is registry.example.com, registry.example.com:5000 or"
                            + " *.example.com");
                }
            }
        }

        /** An entry without a port means the default port of the scheme. */
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
     * The location of the services of one registry.
     *
     * @param host as in image names; {@code docker.io} for Docker Hub
     * @param registry the address of the registry API, without {@code /v2/}
     * @param api the address of Docker Hub's own API; for other registries, the address of the registry
     * @param certificateAuthority an authority in PEM format to trust in addition to the platform's, or empty
     * @param pageSize how many tags to request at once; 0 for the registry's default
     * @param tokenServices hosts in other domains, with an optional port, that may receive this registry's credentials
     *     to issue tokens
     * @param mountFrom the repository that may already have layers of other images, or empty
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

        /** With the default page size, and the token service in the registry's domain. */
        public RegistryLocation(String host, URI registry, URI api, String certificateAuthority) {
            this(host, registry, api, certificateAuthority, 0, List.of(), "");
        }

        /** The default location of {@code host}: with https, and for Docker Hub the addresses that Docker uses. */
        public static RegistryLocation usual(String host) {
            return host.equals(DOCKER_HUB_HOST) ? DOCKER_HUB : at(host, "https");
        }

        /** {@code host} with plain http, for a registry on this machine or one that the administrator configured. */
        public static RegistryLocation plain(String host) {
            return at(host, "http");
        }

        private static RegistryLocation at(String host, String scheme) {
            URI address = URI.create(scheme + "://" + host);
            return new RegistryLocation(host, address, address, "");
        }

        /** Whether this is Docker Hub at its public addresses, so that the token service is known. */
        boolean isPublicDockerHub() {
            return registry.equals(DOCKER_HUB.registry);
        }
    }
}
