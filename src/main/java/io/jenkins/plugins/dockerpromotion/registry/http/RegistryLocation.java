package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;
import java.net.URI;
import java.util.List;
import java.util.Objects;

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
